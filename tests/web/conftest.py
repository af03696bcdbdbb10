from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.core.management import call_command
from django.test import override_settings

from web import assets

HASHED = "servestatic.storage.CompressedManifestStaticFilesStorage"


@pytest.fixture(autouse=True)
def _fresh_build() -> Iterator[None]:
    """Clear the cached build of earlier tests, in which the files may have had other names."""
    assets._cached_build.cache_clear()
    yield
    assets._cached_build.cache_clear()


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Collect the client's files as in production; return the folder and the matching settings."""
    folder = tmp_path_factory.mktemp("static")
    others = ["admin", "drf_spectacular_sidecar", "rest_framework"]
    changes = {
        "STATIC_ROOT": folder,
        "BUNDLE_CLIENT": True,
        "STORAGES": {
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": HASHED},
        },
    }
    with override_settings(**changes):
        ignored = [*StaticFilesConfig.ignore_patterns, *others]
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=ignored)
    return folder, changes


@pytest.fixture
def hashed(collected: tuple[Path, dict[str, Any]]) -> Iterator[Path]:
    """Serve files under hashed names, and return their folder."""
    folder, changes = collected
    with override_settings(**changes):
        yield folder
