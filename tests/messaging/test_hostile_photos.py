"""Each file of a hostile corpus has its answer, whatever its name and declared type say."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from messaging.models import Attachment, Conversation
from tests.conftest import Client
from tests.media.hostile import ACCEPTED, NOT_A_PHOTO, TOO_LARGE
from tests.media.pictures import draw, encode
from tests.messaging.photos import fetch, send_form
from users.models import User

pytestmark = pytest.mark.embedded_only("photos are decoded and stored outside the database")


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.mark.parametrize("content", ACCEPTED.values(), ids=ACCEPTED)
def test_photo_is_drawn_anew_without_anything_else(
    api: Client, bob: User, conversation: Conversation, content: bytes
) -> None:
    sent = send_form(api.as_user(bob), conversation, content).json()

    (photo,) = sent["attachments"]
    for url in photo["urls"].values():
        response = fetch(url)
        stored = b"".join(response)
        picture = Image.open(BytesIO(stored))
        assert (response.headers["Content-Type"], picture.format) == ("image/jpeg", "JPEG")
        assert picture.size == (photo["width"], photo["height"]) or max(picture.size) in (320, 1280)
        assert not {"comment", "icc_profile", "xmp", "exif"} & picture.info.keys()
        assert not [each for each in (b"alert", b"private", b"taken at home") if each in stored]


@pytest.mark.parametrize("content", NOT_A_PHOTO.values(), ids=NOT_A_PHOTO)
def test_file_that_is_no_photo_is_refused(
    api: Client, bob: User, conversation: Conversation, content: bytes, media: Path
) -> None:
    response = send_form(api.as_user(bob), conversation, content, content="Look")

    assert (response.status_code, response.json()["code"]) == (400, "not_a_photo")
    assert [each for each in media.rglob("*") if each.is_file()] == []


@pytest.mark.parametrize(("content", "code"), TOO_LARGE.values(), ids=TOO_LARGE)
def test_photo_that_is_too_large_is_refused(
    api: Client, bob: User, conversation: Conversation, content: bytes, code: str
) -> None:
    response = send_form(api.as_user(bob), conversation, content)

    assert (response.status_code, response.json()["code"]) == (400, code)
    assert Attachment.objects.count() == 0


def test_photo_that_the_decoder_cannot_draw_within_its_memory_is_refused(
    api: Client, bob: User, conversation: Conversation, settings: Any
) -> None:
    settings.PICTURE_MEMORY_MB = 256

    response = send_form(api.as_user(bob), conversation, encode("WEBP", "RGB", 5000))

    assert (response.status_code, response.json()["code"]) == (400, "photo_too_complex")


def test_photo_of_sixty_megapixels_is_accepted(
    api: Client, bob: User, conversation: Conversation
) -> None:
    content = encode("PNG", "L", 7745)

    sent = send_form(api.as_user(bob), conversation, content).json()

    assert (sent["attachments"][0]["width"], sent["attachments"][0]["height"]) == (2560, 2560)


def test_photo_of_five_mebibytes_with_a_caption_is_accepted(
    api: Client, bob: User, conversation: Conversation
) -> None:
    content = draw("JPEG", (4000, 3000))
    content += bytes(5 * 2**20 - len(content))

    response = send_form(api.as_user(bob), conversation, content, content="A caption")

    assert (response.status_code, response.json()["content"]) == (201, "A caption")
