"""The processes that decode pictures have limits, and no secrets."""

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

from api.errors import Busy
from media import drawing
from media.decoder import Drawing, NotAPicture, TooLarge, TooManyPixels
from tests.media.pictures import FORMATS, declare, draw, encode

pytestmark = pytest.mark.without_servers


def draw_anew(content: bytes, *sides: int) -> Drawing:
    return drawing.draw_anew(BytesIO(content), sides=sides or (512,), formats=FORMATS)


def size_of(content: bytes) -> tuple[int, int]:
    return Image.open(BytesIO(draw_anew(content).copies[0])).size


@pytest.mark.parametrize(("kind", "size"), [("AVIF", (384, 512)), ("HEIF", (512, 384))])
def test_photo_of_a_telephone_is_decoded_within_the_limit_of_memory(
    kind: str, size: tuple[int, int]
) -> None:
    content = draw(kind, (4032, 3024))

    assert size_of(content) == size


def test_pictures_that_need_more_than_the_limit_are_refused(settings: Any) -> None:
    settings.PICTURE_MEMORY_MB = 300
    cases = {
        "webp": encode("WEBP", "RGB", 6300),
        "webp that cannot be opened": encode("WEBP", "RGB", 13_000),
        "progressive": encode("JPEG", "CMYK", 6300, progressive=True),
    }

    refusals = {name: refusal_of(content) for name, content in cases.items()}

    assert refusals == {
        "webp": TooLarge,
        "webp that cannot be opened": TooLarge,
        "progressive": TooLarge,
    }


def refusal_of(content: bytes) -> type[Exception]:
    with pytest.raises((NotAPicture, TooLarge)) as refused:
        draw_anew(content)
    return refused.type


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", NotAPicture),
        (b"not a picture", NotAPicture),
        (declare(8_000, 7_501), TooManyPixels),
        (declare(30_000, 30_000), TooManyPixels),
    ],
)
def test_file_that_is_refused_says_why(content: bytes, refusal: type[Exception]) -> None:
    assert refusal_of(content) is refusal


def test_copies_of_a_file_on_disk_and_in_memory_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(draw())

    with path.open("rb") as file:
        file.read()
        on_disk = drawing.draw_anew(file, sides=(100, 512), formats=FORMATS)

    assert on_disk == draw_anew(draw(), 100, 512)
    assert [Image.open(BytesIO(each)).size for each in on_disk.copies] == [(50, 100), (256, 512)]
    assert (on_disk.width, on_disk.height) == (256, 512)


def test_camera_pictures_are_within_the_limit() -> None:
    pictures = [
        encode("JPEG", "RGB", 6300),
        encode("JPEG", "RGB", 4000, progressive=True),
        encode("PNG", "RGBA", 6300),
        encode("WEBP", "RGB", 4000),
    ]

    assert [size_of(each) for each in pictures] == [(512, 512)] * 4


def test_decoder_that_dies_refuses_its_picture_and_not_the_next(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with ThreadPoolExecutor(1) as pool:
        refused = pool.submit(refusal_of, encode("PNG", "RGBA", 6300))
        while not (children := decoders()):
            assert not refused.done()
        children[0].kill()

    assert refused.result() is TooLarge
    assert "The decoder of a picture ended with -9" in caplog.text
    assert draw_anew(draw())


def decoders() -> list[psutil.Process]:
    running = psutil.Process().children()
    return [each for each in running if any("media/decoder" in arg for arg in each.cmdline())]


def test_decoder_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "WAIT_SECONDS", 0.01)

    assert refusal_of(encode("PNG", "RGBA", 6300)) is TooLarge
    assert decoders() == []


def test_decoder_gets_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hidden")
    seen: list[dict[str, str]] = []

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(draw_anew, encode("PNG", "RGBA", 6300))
        while not done.done():
            with suppress(psutil.Error):
                seen += [each.environ() for each in decoders()]

    assert [each for each in seen if "SECRET_KEY" in each] == []
    assert seen


def test_system_without_room_for_a_process_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")

    with pytest.raises(Busy):
        draw_anew(draw())
