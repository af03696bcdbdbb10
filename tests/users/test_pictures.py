"""The picture in auth/users/me/: drawn anew, whatever was sent."""

import random
import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.conftest import Client
from tests.users.bodies import me_body
from users.exceptions import FieldInvalid
from users.models import User
from users.pictures import clean_picture

ME = "/api/auth/users/me/"
# A GIF has no Exif, so no orientation.
SIZES = {"GIF": (512, 256), "JPEG": (256, 512), "PNG": (256, 512), "WEBP": (256, 512)}
NO_PICTURE = {"profile_image": ["This file is not a picture."]}


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


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


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_picture_is_drawn_anew_as_a_small_jpeg(
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


def test_names_and_picture_come_together(api: Client, bob: User) -> None:
    picture = SimpleUploadedFile("me.png", draw(), "image/png")
    change = {"first_name": "Bobby", "profile_image": picture}

    response = api.as_user(bob).patch(ME, change, format="multipart")

    assert response.json() == me_body(bob, first_name="Bobby")
    assert response.json()["profile_image"]


def declare(width: int, height: int) -> bytes:
    """Return the beginning of a PNG that says to be that large: a decompression bomb."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "body"),
    [
        (b"not a picture", NO_PICTURE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", NO_PICTURE),
        (draw()[:60], NO_PICTURE),
        (declare(30_000, 30_000), NO_PICTURE),
        (declare(8_000, 8_000), {"profile_image": ["This picture has too many pixels."]}),
        (b"", {"profile_image": ["The submitted file is empty."]}),
        (
            b"x" * (5 * 1024 * 1024 + 1),
            {"profile_image": ["A picture may have at most 5 MB."]},
        ),
    ],
    ids=["text", "svg", "cut", "bomb", "pixels", "empty", "bytes"],
)
def test_file_that_is_no_picture_is_refused(
    api: Client, bob: User, media: Path, content: bytes, body: dict[str, list[str]]
) -> None:
    response = upload(api.as_user(bob), content)

    assert (response.status_code, response.json()) == (400, body)
    assert stored(media) == []


@pytest.mark.parametrize("value", ["x", 5, "data:image/png;base64,iVBORw0KGgo="])
def test_json_is_no_picture(api: Client, bob: User, value: Any) -> None:
    response = api.as_user(bob).patch(ME, {"profile_image": value})

    assert (response.status_code, list(response.json())) == (400, ["profile_image"])


@pytest.mark.filterwarnings("ignore::UserWarning:PIL", "ignore:Image size:Warning:PIL")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_damaged_file_is_a_picture_or_refused_and_nothing_else(kind: str) -> None:
    whole, dice, fields = draw(kind, (24, 24)), random.Random(4), set()

    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(dice.choice((1, 3, 9))):
            damaged[dice.randrange(min(len(damaged), 160))] = dice.randrange(256)
        try:
            assert clean_picture(BytesIO(damaged))
        except FieldInvalid as refused:
            fields.add(refused.field)

    assert fields == {"profile_image"}
