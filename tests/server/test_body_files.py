"""Large bodies are received into files on disk."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from server.body_files import PART_BYTES, BodyFile
from server.disconnects import ClientGone
from server.upload_files import NamelessFileUploadHandler

pytestmark = pytest.mark.without_servers


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def receive(parts: Iterable[bytes], *, leaves: bool = False) -> BodyFile:
    messages = [{"type": "http.request", "body": each, "more_body": True} for each in parts]
    last = {"type": "http.disconnect"} if leaves else {"type": "http.request"}
    waiting, body = [*messages, last], BodyFile()

    async def next_message() -> Any:
        return waiting.pop(0)

    asyncio.run(body.receive(next_message))
    return body


@pytest.mark.parametrize(
    ("parts", "is_on_disk"),
    [
        ([], False),
        ([b"a", b"b"], False),
        ([bytes(PART_BYTES)], True),
        ([b"x" * 60_000] * 50, True),
    ],
    ids=["nothing", "small", "one part", "many parts"],
)
def test_body_is_received_whole_and_on_disk_if_it_is_large(
    media: Path, parts: list[bytes], is_on_disk: bool
) -> None:
    body = receive(parts)

    assert (body.stream.read(), body.length) == (b"".join(parts), len(b"".join(parts)))
    assert (media / "incoming").exists() == is_on_disk
    assert [each for each in media.rglob("*") if each.is_file()] == []
    body.close()


def test_body_of_a_client_that_disconnects_is_given_up() -> None:
    with pytest.raises(ClientGone):
        receive([b"begun"], leaves=True)


def test_file_of_a_form_has_no_name_on_disk(media: Path) -> None:
    handler = NamelessFileUploadHandler()
    handler.new_file("image", "me.png", "image/png", 7, None, None)
    handler.receive_data_chunk(b"picture", 0)

    file = handler.file_complete(7)

    assert (file.read(), file.name, file.size) == (b"picture", "me.png", 7)
    assert [each for each in media.rglob("*") if each.is_file()] == []
    file.close()


def test_file_of_a_form_that_breaks_off_is_closed() -> None:
    handler = NamelessFileUploadHandler()
    handler.upload_interrupted()
    handler.new_file("image", "me.png", "image/png", 7, None, None)
    file = handler._file

    handler.upload_interrupted()

    assert file.closed
