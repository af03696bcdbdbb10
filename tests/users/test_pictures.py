"""The picture in auth/users/me/ is re-encoded, whatever was uploaded."""

import os
import random
import resource
import struct
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from api.exceptions import FieldInvalid
from tests.conftest import Client
from tests.users.bodies import me_body
from users import pictures
from users.models import User
from users.picture_decoder import (
    NotAPicture,
    Outcome,
    TooLarge,
    add_decoders,
    answer,
    limit_this_process,
    reencode,
)
from users.pictures import clean_picture

pytestmark = pytest.mark.embedded_only("pictures are decoded and stored outside the database")

ROOT = Path(__file__).resolve().parents[2]
ME = "/api/auth/users/me/"
# The stored sizes. A GIF has no Exif data. HEIC has a rotation of its own, so its Exif data is ignored.
SIZES = {
    "GIF": (512, 256),
    "JPEG": (256, 512),
    "PNG": (256, 512),
    "WEBP": (256, 512),
    "AVIF": (256, 512),
    "HEIF": (512, 256),
}
NO_PICTURE = {
    "profile_image": [
        "This file is not a JPEG, PNG, WebP, GIF, HEIC or AVIF picture, or it is damaged."
    ]
}
MEMORY = 400 * 2**20
TOO_LARGE = "This picture is too large or too complex. Use one with fewer pixels."


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


add_decoders()  # also for drawing HEIC


def draw(kind: str = "PNG", size: tuple[int, int] = (600, 300), mode: str = "RGB") -> bytes:
    output = BytesIO()
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "taken at home", 6  # the description and the orientation
    options = {} if kind == "GIF" else {"exif": exif}
    Image.new(mode, size, "red").save(output, kind, **options)
    return output.getvalue()


def upload(api: Client, content: bytes, name: str = "me.png") -> Any:
    picture = SimpleUploadedFile(name, content, "image/png")
    return api.patch(ME, {"profile_image": picture}, format="multipart")


def stored(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "AVIF", "HEIF"])
def test_picture_is_reencoded_as_a_small_jpeg(
    api: Client, bob: User, media: Path, kind: str
) -> None:
    response = upload(api.as_user(bob), draw(kind), "../../etc/Passwd.php")

    (path,) = stored(media)
    picture = Image.open(path)
    assert (response.status_code, response.json()) == (200, me_body(bob))
    assert response.json()["profile_image"].startswith("http://127.0.0.1:8000/media/profiles/")
    assert (picture.format, picture.size) == ("JPEG", SIZES[kind])
    assert b"taken at home" not in path.read_bytes()
    assert "asswd" not in path.name


def draw_with_notes(kind: str) -> bytes:
    """Return a picture with a note in each place that the format has for one."""
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "a private note")
    text.add_itxt("XML:com.adobe.xmp", "<x>a private note</x>")
    output = BytesIO()
    note = b"a private note"
    options: dict[str, Any] = {"icc_profile": note, "comment": note, "xmp": b"<x>" + note + b"</x>"}
    if kind == "PNG":
        options = {"icc_profile": note, "pnginfo": text}
    Image.new("RGB", (600, 300), "red").save(output, kind, **options)
    return output.getvalue() + note


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "AVIF"])
def test_notes_in_a_picture_are_removed(api: Client, bob: User, media: Path, kind: str) -> None:
    content = draw_with_notes(kind)
    assert content.count(b"private") + content.count(b"iCCP") >= 2

    upload(api.as_user(bob), content)

    (path,) = stored(media)
    assert b"private" not in path.read_bytes()
    assert not {"comment", "icc_profile", "xmp", "exif"} & Image.open(path).info.keys()


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF", "HEIF"])
def test_transparent_parts_become_white(kind: str) -> None:
    output = BytesIO()
    Image.new("RGBA", (600, 300), (0, 0, 0, 0)).save(output, kind)

    picture = Image.open(BytesIO(clean_picture(output)))

    assert picture.convert("RGB").getpixel((256, 128)) == (255, 255, 255)


@pytest.mark.parametrize(("kind", "size"), [("AVIF", (384, 512)), ("HEIF", (512, 384))])
def test_photo_of_a_telephone_is_decoded_within_the_limit_of_memory(
    kind: str, size: tuple[int, int]
) -> None:
    content = draw(kind, (4032, 3024))

    assert Image.open(BytesIO(clean_picture(BytesIO(content)))).size == size


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_large_modern_picture_is_refused_before_it_is_decoded(kind: str) -> None:
    with pytest.raises(TooLarge):
        reencode(BytesIO(draw(kind, (2000, 1500))), memory=110 * 2**20)


def test_picture_is_shown_to_others(
    api: Client, alice: User, bob: User, conversation: object
) -> None:
    address = upload(api.as_user(bob), draw()).json()["profile_image"]

    listed = api.as_user(alice).get("/api/messaging/conversations/").json()["results"]

    assert listed[0]["trainee"]["profile_image"] == address


def test_new_picture_replaces_the_file_of_the_old_one(api: Client, bob: User, media: Path) -> None:
    api.as_user(bob)
    first = upload(api, draw()).json()["profile_image"]

    second = upload(api, draw()).json()["profile_image"]

    (path,) = stored(media)
    assert first != second
    assert second.endswith(path.name)


def test_null_removes_the_picture(api: Client, bob: User, media: Path) -> None:
    upload(api.as_user(bob), draw())

    response = api.patch(ME, {"profile_image": None})

    assert (response.status_code, response.json()["profile_image"]) == (200, None)
    assert stored(media) == []


def test_names_and_picture_are_changed_together(api: Client, bob: User) -> None:
    picture = SimpleUploadedFile("me.png", draw(), "image/png")
    change = {"first_name": "Bobby", "profile_image": picture}

    response = api.as_user(bob).patch(ME, change, format="multipart")

    assert response.json() == me_body(bob, first_name="Bobby")
    assert response.json()["profile_image"]


def declare(width: int, height: int) -> bytes:
    """Return a small PNG that declares this size, like a decompression bomb."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


def repeat_scan(times: int, side: int = 1000) -> bytes:
    """Return a progressive JPEG whose last scan, which changes nothing, is repeated."""
    output = BytesIO()
    Image.new("L", (side, side), "gray").save(output, "JPEG", progressive=True)
    content = output.getvalue()
    end = len(content) - 2
    return content[:end] + content[content.rindex(b"\xff\xda") : end] * times + content[end:]


@pytest.mark.parametrize(
    ("content", "body"),
    [
        (b"not a picture", NO_PICTURE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", NO_PICTURE),
        (draw()[:60], NO_PICTURE),
        (declare(30_000, 30_000), {"profile_image": [TOO_LARGE]}),
        (declare(8_000, 8_000), {"profile_image": [TOO_LARGE]}),
        (repeat_scan(800), {"profile_image": [TOO_LARGE]}),
        (b"", {"profile_image": ["The submitted file is empty."]}),
        (
            b"x" * (5 * 1024 * 1024 + 1),
            {"profile_image": ["A picture may be at most 5 MB."]},
        ),
    ],
    ids=["text", "svg", "cut", "bomb", "pixels", "scans", "empty", "bytes"],
)
def test_invalid_picture_is_refused(
    api: Client, bob: User, media: Path, content: bytes, body: dict[str, list[str]]
) -> None:
    response = upload(api.as_user(bob), content)

    assert (response.status_code, response.json()) == (400, body)
    assert stored(media) == []


@pytest.mark.parametrize(
    "content",
    [repeat_scan(5, side=6300), repeat_scan(0, side=6300) + b"\xff\xda" * 200],
    ids=["large", "followed by a film"],
)
def test_jpeg_with_as_many_scans_as_cameras_write_is_accepted(content: bytes) -> None:
    assert Image.open(BytesIO(reencode(BytesIO(content), MEMORY))).size == (512, 512)


@pytest.mark.parametrize("value", ["x", 5, "data:image/png;base64,iVBORw0KGgo="])
def test_picture_in_json_is_refused(api: Client, bob: User, value: Any) -> None:
    response = api.as_user(bob).patch(ME, {"profile_image": value})

    assert (response.status_code, list(response.json())) == (400, ["profile_image"])


@pytest.mark.filterwarnings("ignore::UserWarning:PIL", "ignore:Image size:Warning:PIL")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_damaged_file_is_accepted_or_refused(kind: str) -> None:
    whole, dice, kinds = draw(kind, (24, 24)), random.Random(4), set()

    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(dice.choice((1, 3, 9))):
            damaged[dice.randrange(min(len(damaged), 160))] = dice.randrange(256)
        try:
            assert reencode(BytesIO(damaged), MEMORY)
        except (NotAPicture, TooLarge) as refused:
            kinds.add(type(refused))

    assert NotAPicture in kinds


def middle_of(content: bytes) -> tuple[int, ...]:
    picture = Image.open(BytesIO(reencode(BytesIO(content), MEMORY)))
    color = picture.getpixel((picture.width // 2, picture.height // 2))
    assert isinstance(color, tuple)
    return color


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("size", [(300, 20), (1100, 2300), (5000, 3), (1, 1)])
def test_png_of_every_mode_and_shape_is_shrunk(mode: str, size: tuple[int, int]) -> None:
    output = BytesIO()
    Image.new("RGBA", size).convert("L" if mode == "I;16" else mode).convert(mode).save(
        output, "PNG"
    )

    picture = Image.open(BytesIO(reencode(output, MEMORY)))

    expected = Image.new("RGB", size)
    expected.thumbnail((512, 512))
    assert (picture.mode, picture.format, picture.size) == ("RGB", "JPEG", expected.size)


@pytest.mark.parametrize("size", [(40, 40), (2500, 2500)])
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_transparent_pixels_become_white(kind: str, size: tuple[int, int]) -> None:
    output = BytesIO()
    Image.new("RGBA", size, (200, 0, 0, 0)).save(output, kind)

    assert min(middle_of(output.getvalue())) > 250


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_first_frame_of_an_animation_is_used(kind: str) -> None:
    output, first = BytesIO(), Image.new("RGB", (30, 30), "red")
    first.save(output, kind, save_all=True, append_images=[Image.new("RGB", (30, 30), "blue")])

    red, _, blue = middle_of(output.getvalue())

    assert red > 240
    assert blue < 15


def test_large_picture_looks_like_the_original() -> None:
    """The picture is half red and half blue, and is rotated, so misplaced tiles would be seen."""
    picture, output, exif = Image.new("RGB", (3001, 2003), "red"), BytesIO(), Image.Exif()
    picture.paste("blue", (1500, 0, 3001, 2003))
    exif[0x0112] = 8  # to be rotated by 90 degrees
    picture.save(output, "PNG", exif=exif)

    small = Image.open(BytesIO(reencode(output, MEMORY)))

    assert small.size == (342, 512)
    for x in range(10, 342, 40):
        blue = small.getpixel((x, 200))
        red = small.getpixel((x, 300))
        assert isinstance(blue, tuple)
        assert isinstance(red, tuple)
        assert blue[2] - blue[0] > 180
        assert red[0] - red[2] > 180


# The process that decodes
# ------------------------------------------------------------------------------
def encode(kind: str, mode: str, side: int, **options: Any) -> bytes:
    output = BytesIO()
    Image.new(mode, (side, side)).save(output, kind, **options)
    return output.getvalue()


def test_pictures_that_need_more_than_the_limit_are_refused(settings: Any) -> None:
    settings.PICTURE_MEMORY_MB = 300
    cases = {
        "webp": encode("WEBP", "RGB", 6300),
        "webp that cannot be opened": encode("WEBP", "RGB", 13_000),
        "progressive": encode("JPEG", "CMYK", 6300, progressive=True),
    }

    refusals = {name: refusal_of(content) for name, content in cases.items()}

    assert refusals == {name: [TOO_LARGE] for name in cases}


def refusal_of(content: bytes) -> list[str]:
    with pytest.raises(FieldInvalid) as refused:
        clean_picture(BytesIO(content))
    return refused.value.messages


def test_camera_pictures_are_within_the_limit() -> None:
    pictures = [
        encode("JPEG", "RGB", 6300),
        encode("JPEG", "RGB", 4000, progressive=True),
        encode("PNG", "RGBA", 6300),
        encode("WEBP", "RGB", 4000),
    ]

    assert [Image.open(BytesIO(clean_picture(BytesIO(each)))).size for each in pictures] == (
        [(512, 512)] * 4
    )


def test_memory_of_the_decoder_is_limited_whatever_the_estimate() -> None:
    """The estimate is switched off in the child, and only the limit of the process is left."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from users import picture_decoder as d\n"
        "d._ensure_not_too_large = lambda *args: None\n"
        "d.limit_this_process(150 * 2**20)\n"
        "sys.exit(d.answer(sys.stdin.buffer, sys.stdout.buffer, 0))"
    )
    huge = encode("PNG", "RGBA", 6300)

    ended = subprocess.run(
        [sys.executable, "-c", code, str(ROOT)], input=huge, capture_output=True, check=False
    )

    assert (ended.returncode, ended.stdout) == (Outcome.TOO_LARGE, b"")


def test_decoder_that_dies_refuses_its_picture_and_not_the_next(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with ThreadPoolExecutor(1) as pool:
        refused = pool.submit(refusal_of, encode("PNG", "RGBA", 6300))
        while not (children := decoders()):
            assert not refused.done()
        children[0].kill()

    assert refused.result() == [TOO_LARGE]
    assert "The decoder of a picture ended with -9" in caplog.text
    assert clean_picture(BytesIO(draw()))


def decoders() -> list[psutil.Process]:
    running = psutil.Process().children()
    return [each for each in running if any("picture_decoder" in arg for arg in each.cmdline())]


def test_decoder_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "WAIT_SECONDS", 0.01)

    assert refusal_of(encode("PNG", "RGBA", 6300)) == [TOO_LARGE]
    assert decoders() == []


def test_upload_is_asked_to_wait_if_no_process_can_be_started(
    api: Client, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")

    response = upload(api.as_user(bob), draw())

    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")


def test_decoder_gets_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hidden")
    seen: list[dict[str, str]] = []

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(clean_picture, BytesIO(encode("PNG", "RGBA", 6300)))
        while not done.done():
            with suppress(psutil.Error):
                seen += [each.environ() for each in decoders()]

    assert [each for each in seen if "SECRET_KEY" in each] == []
    assert seen


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        (draw(), Outcome.DONE),
        (b"x", Outcome.NOT_A_PICTURE),
        (declare(8_000, 8_000), Outcome.TOO_LARGE),
    ],
)
def test_exit_code_says_what_became_of_the_picture(content: bytes, outcome: Outcome) -> None:
    output = BytesIO()

    assert answer(BytesIO(content), output, MEMORY) == outcome
    assert bool(output.getvalue()) == (outcome == Outcome.DONE)


def test_limits_are_those_of_the_process_that_decodes(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(resource, "setrlimit", limits.__setitem__)

    limit_this_process(MEMORY)

    assert limits == {
        resource.RLIMIT_AS: (MEMORY, MEMORY),
        resource.RLIMIT_CPU: (20, 20),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
    }


# getrusage() would return the peak of the process that started this one, if that was higher.
DECODE_AND_WEIGH = """
import re, sys
from io import BytesIO
from pathlib import Path
from users.picture_decoder import reencode

def weigh():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024

content = BytesIO(Path(sys.argv[1]).read_bytes())
before = weigh()
reencode(content, 2**30)
print(weigh() - before)
"""


@pytest.mark.parametrize(
    ("kind", "mode", "most"),
    [("PNG", "RGB", 220), ("PNG", "RGBA", 220), ("PNG", "P", 120), ("JPEG", "RGB", 40)],
)
def test_huge_picture_takes_the_memory_of_one_copy(
    tmp_path: Path, kind: str, mode: str, most: int
) -> None:
    path = tmp_path / "huge"
    path.write_bytes(draw(kind, (6300, 6300), mode))

    weighed = subprocess.run(
        [sys.executable, "-c", DECODE_AND_WEIGH, str(path)],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        check=True,
        capture_output=True,
        text=True,
    )

    assert int(weighed.stdout) < most  # megabytes
