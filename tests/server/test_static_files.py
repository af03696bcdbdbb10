"""How static files are served: collected files in production, the apps' files in development."""

import asyncio
import gzip
from pathlib import Path
from typing import Any

import brotli
import pytest

from server.static_files import build_static_files
from tests.refusals import refusal
from tests.server.requests import Request

SCRIPT = "const one = 1;\n" * 500
HASHED = "a.0123456789ab.js"
FOREVER = "max-age=315360000, public, immutable"


@pytest.fixture
def collected(settings: Any, tmp_path: Path) -> Path:
    """Serve a folder, with a script and its compressed copies, as in production; return the folder."""
    settings.DEBUG, settings.STATIC_ROOT = False, tmp_path
    (tmp_path / HASHED).write_text(SCRIPT)
    (tmp_path / f"{HASHED}.br").write_bytes(brotli.compress(SCRIPT.encode()))
    (tmp_path / f"{HASHED}.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (tmp_path / "plain.txt").write_text("plain")
    return tmp_path


@pytest.fixture
def own(settings: Any, tmp_path: Path) -> Path:
    """Serve two folders as in development, where the first has precedence; return the second."""
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        folder.mkdir()
        (folder / "both.txt").write_text(folder.name)
    settings.DEBUG, settings.STATICFILES_DIRS = True, folders
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    (folders[1] / "a.js").write_text(SCRIPT)
    (folders[1] / "a.png").write_bytes(b"picture " * 1000)
    return folders[1]


def ask(name: str, method: str = "GET", **headers: str) -> Request:
    lines = [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]
    return asyncio.run(Request(method, f"/static/{name}", b"", *lines).ask(build_static_files()))


# Production
# ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("accepted", "encoding"), [("gzip", "gzip"), ("gzip, br, zstd", "br"), ("", None)]
)
def test_collected_file_is_served_in_an_accepted_encoding(
    collected: Path, accepted: str, encoding: str | None
) -> None:
    answer = ask(HASHED, accept_encoding=accepted)

    decode = {"gzip": gzip.decompress, "br": brotli.decompress, None: bytes}[encoding]
    assert (answer.status, decode(answer.content).decode()) == (200, SCRIPT)
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["content-length"] == str(len(answer.content))


def test_immutable_file_has_few_headers(collected: Path) -> None:
    answer = ask(HASHED, accept_encoding="br")

    assert answer.headers["cache-control"] == FOREVER
    assert set(answer.headers) == {
        "cache-control",
        "content-encoding",
        "content-length",
        "content-type",
        "vary",
        "x-content-type-options",
    }


def test_mutable_file_can_be_revalidated(collected: Path) -> None:
    first = ask("plain.txt")
    again = ask("plain.txt", if_none_match=first.headers["etag"])

    assert first.headers["cache-control"] == "max-age=60, public"
    assert (again.status, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["missing.js", "../settings.py", "staticfiles.json", ""])
def test_unknown_file_is_404_in_the_usual_shape(collected: Path, name: str) -> None:
    (collected.parent / "settings.py").write_text("secret")
    (collected / "staticfiles.json").write_text("{}")

    answer = ask(name)

    assert answer.status == 404
    assert answer.json() == refusal("Not found.", "not_found")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_write_methods_are_refused(collected: Path) -> None:
    assert ask(HASHED, "POST").status == 405


# Development
# ------------------------------------------------------------------------------
def test_file_of_the_first_folder_is_served(own: Path) -> None:
    assert ask("both.txt").content == b"first"


def test_file_created_while_the_server_runs_is_served(own: Path) -> None:
    async def story() -> tuple[Request, Request]:
        files = build_static_files()
        before = await Request("GET", "/static/new.js").ask(files)
        (own / "new.js").write_text(SCRIPT)
        return before, await Request("GET", "/static/new.js").ask(files)

    before, after = asyncio.run(story())

    assert (before.status, after.status) == (404, 200)
    assert after.headers["cache-control"] == "max-age=0, public"


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip", "gzip"), ("gzip, br, zstd", "br")])
def test_development_compresses_files_whole(own: Path, accepted: str, encoding: str) -> None:
    answer = ask("a.js", accept_encoding=accepted)

    decode = {"gzip": gzip.decompress, "br": brotli.decompress}[encoding]
    assert decode(answer.content).decode() == SCRIPT
    assert (answer.headers["content-encoding"], answer.headers["vary"]) == (
        encoding,
        "Accept-Encoding",
    )
    assert int(answer.headers["content-length"]) == len(answer.content) < 500


@pytest.mark.parametrize(
    ("name", "method", "accepted"),
    [("a.js", "GET", "identity"), ("a.js", "HEAD", "br"), ("a.png", "GET", "br")],
)
def test_development_leaves_other_responses_unchanged(
    own: Path, name: str, method: str, accepted: str
) -> None:
    answer = ask(name, method, accept_encoding=accepted)

    assert answer.status == 200
    assert "content-encoding" not in answer.headers
    assert int(answer.headers["content-length"]) == (own / name).stat().st_size
