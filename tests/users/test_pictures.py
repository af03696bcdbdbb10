"""The picture in auth/users/me/ is re-encoded, whatever was uploaded."""

import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.conftest import Client
from tests.media.pictures import declare, draw, draw_with_notes, repeat_scan
from tests.messaging.photos import fetch
from tests.users.bodies import me_body
from users.models import User
from users.pictures import clean_picture

pytestmark = pytest.mark.embedded_only("pictures are decoded and stored outside the database")

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
TOO_LARGE = "This picture is too large or too complex. Use one with fewer pixels."


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


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
    link = response.json()["profile_image"]
    assert link.startswith(f"http://127.0.0.1:8000/media/pictures/{bob.pk}/{path.name}?")
    assert b"".join(fetch(link)) == path.read_bytes()
    assert (picture.format, picture.size) == ("JPEG", SIZES[kind])
    assert b"taken at home" not in path.read_bytes()
    assert "asswd" not in path.name


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
    assert path.name in second


def test_link_to_a_picture_is_signed_and_dies_with_the_account(
    api: Client, bob: User, settings: Any
) -> None:
    link = upload(api.as_user(bob), draw()).json()["profile_image"]
    again = api.get(ME).json()["profile_image"]
    assert (again, fetch(link).status_code) == (link, 200)
    assert fetch(link.partition("?")[0]).status_code == 404

    User.objects.filter(pk=bob.pk).update(profile_image="")

    assert fetch(link).status_code == 404


def test_picture_of_an_earlier_release_keeps_its_link(api: Client, bob: User, media: Path) -> None:
    (media / "profiles").mkdir()
    (media / "profiles/0123abc.jpg").write_bytes(b"picture")
    User.objects.filter(pk=bob.pk).update(profile_image="profiles/0123abc.jpg")
    link = api.as_user(bob).get(ME).json()["profile_image"]

    for each in (link, "http://127.0.0.1:8000/media/profiles/0123abc.jpg"):
        assert b"".join(fetch(each)) == b"picture"


@pytest.mark.parametrize(
    "path", ["profiles/../pictures/1/x.jpg", "profiles/", "profiles/gone.jpg", "profiles/a/b.jpg"]
)
def test_old_links_open_nothing_else(db: None, media: Path, path: str) -> None:
    (media / "pictures/1").mkdir(parents=True)
    (media / "pictures/1/x.jpg").touch()

    assert fetch(f"http://127.0.0.1:8000/media/{path}").status_code == 404


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


@pytest.mark.parametrize(
    ("content", "body"),
    [
        (b"not a picture", NO_PICTURE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", NO_PICTURE),
        (draw()[:60], NO_PICTURE),
        (declare(30_000, 30_000), {"profile_image": [TOO_LARGE]}),
        (declare(8_000, 8_000), {"profile_image": [TOO_LARGE]}),
        (repeat_scan(1300), {"profile_image": [TOO_LARGE]}),
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


@pytest.mark.parametrize("value", ["x", 5, "data:image/png;base64,iVBORw0KGgo="])
def test_picture_in_json_is_refused(api: Client, bob: User, value: Any) -> None:
    response = api.as_user(bob).patch(ME, {"profile_image": value})

    assert (response.status_code, list(response.json())) == (400, ["profile_image"])


def test_upload_is_asked_to_wait_if_no_process_can_be_started(
    api: Client, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")

    response = upload(api.as_user(bob), draw())

    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
