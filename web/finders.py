"""Finds the static files of all apps; in production, with bundles in place of the client's source files."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import AppDirectoriesFinder
from django.core.files.storage import FileSystemStorage

from web import bundles

PREFIX = "web/"


class ClientFinder(AppDirectoriesFinder):
    """Finds the apps' static files. With BUNDLE_CLIENT, `collectstatic` gets bundles of the client."""

    # collectstatic reads the bundles once more after it has listed them.
    _folder: TemporaryDirectory[str] | None = None

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[Any]:
        found = super().list(ignore_patterns)
        if not settings.BUNDLE_CLIENT:
            yield from found
            return
        replaced = {f"{PREFIX}{name}" for name in bundles.list_bundled()}
        yield from (each for each in found if each[0] not in replaced)
        yield from self._list_bundles()

    def _list_bundles(self) -> Iterator[tuple[str, FileSystemStorage]]:
        self._folder = TemporaryDirectory(prefix="bundles-")
        storage = FileSystemStorage(location=self._folder.name)
        for name, content in bundles.build().items():
            path = Path(storage.path(f"{PREFIX}{name}"))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
            yield f"{PREFIX}{name}", storage
