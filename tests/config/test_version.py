"""The version is the same everywhere, and comes from `config/version.py`."""

import json
import re
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client as Browser

from config.version import VERSION
from web.assets import current_build

pytestmark = pytest.mark.without_servers

ROOT = Path(__file__).parents[2]
RELEASE = re.compile(r"^## (\d+\.\d+\.\d+) - (\d{4}-\d{2}-\d{2})$", re.MULTILINE)


def read(name: str) -> str:
    return (ROOT / name).read_text()


def test_package_has_the_version_of_the_product() -> None:
    package = tomllib.loads(read("pyproject.toml"))
    module, _, name = package["tool"]["setuptools"]["dynamic"]["version"]["attr"].rpartition(".")

    assert package["project"]["dynamic"] == ["version"]
    assert getattr(import_module(module), name) == VERSION


def test_api_description_has_the_version_of_the_product() -> None:
    versions = [
        yaml.safe_load(read("api/openapi.yaml"))["info"]["version"],
        json.loads(read("api/openapi.json"))["info"]["version"],
    ]

    assert versions == [VERSION, VERSION]


def test_image_has_the_version_as_tag_and_label() -> None:
    compose = yaml.safe_load(read("docker-compose.yml"))
    label = re.findall(r'org\.opencontainers\.image\.version="(.*?)"', read("Dockerfile"))

    assert compose["services"]["web1"]["image"] == f"trainer-messaging:{VERSION}"
    assert label == [VERSION]


def test_newest_release_of_the_changelog_is_the_version() -> None:
    changelog = read("CHANGELOG.md")
    sections = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
    releases = RELEASE.findall(changelog)

    assert sections == ["Unreleased", *(f"{version} - {day}" for version, day in releases)]
    assert releases[0][0] == VERSION
    assert releases == sorted(releases, key=lambda each: each[1], reverse=True)


def test_page_contains_the_version(client: Browser) -> None:
    page = client.get("/settings").content.decode()

    assert f'<meta name="version" content="{VERSION}">' in page


def test_new_version_is_a_new_build_so_that_kept_pages_are_updated(settings: Any) -> None:
    settings.DEBUG = True  # reads the files again
    before = current_build().version

    settings.VERSION = "9.9.9"

    assert current_build().version != before
