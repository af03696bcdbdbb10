"""Photos on the screens, and photos that are there before a page opens."""

import io
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from messaging.models import Conversation
from tests.e2e.devices import wait_until
from tests.factories import tokens_of
from tests.system.people import Person
from tests.system.server import WebServer
from users.models import User


def picture(
    width: int = 640, height: int = 480, orientation: int = 1, *, kind: str = "JPEG"
) -> bytes:
    image = Image.new("RGB", (width, height), "teal")
    ImageDraw.Draw(image).ellipse((0, 0, width // 2, height // 2), fill="white")
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "taken at home"
    file = io.BytesIO()
    image.save(file, kind, exif=exif)
    return file.getvalue()


def send_photos(
    server: WebServer, sender: User, conversation: Conversation, *photos: bytes, text: str = ""
) -> Any:
    """Send a message with photos as another device of the sender does; return the message."""
    images = [("image", ("photo", each, "application/octet-stream")) for each in photos]
    path = f"messaging/conversations/{conversation.pk}/send/"
    person = Person(server, tokens_of(sender))
    answer = person.http.post(path, data={"content": text}, files=images, timeout=60)
    return answer.raise_for_status().json()


def choose(page: Page, *files: bytes, name: str = "photo.jpg") -> None:
    """Choose files in the dialog of the button, without waiting until they are prepared."""
    chosen = [{"name": name, "mimeType": "image/jpeg", "buffer": each} for each in files]
    page.locator("message-composer input[type=file]").first.set_input_files(chosen)  # type: ignore[arg-type]


def choose_and_wait(page: Page, *files: bytes) -> None:
    choose(page, *files)
    expect(chosen_photos(page)).to_have_count(len(files))


def send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


def chosen_photos(page: Page) -> Locator:
    return page.get_by_role("list", name="Photos to send").get_by_role("button")


def photos(page: Page) -> Locator:
    return page.locator(".message .photo")


def expect_shown(page: Page, count: int) -> None:
    """Expect photos that were sent, and that have loaded."""
    expect(photos(page)).to_have_count(count)
    expect(page.locator(".message:not([data-message-id])")).to_have_count(0)
    loaded = "images => images.every(image => image.complete && image.naturalWidth > 0)"
    wait_until(page, lambda: page.locator(".photo-image").evaluate_all(loaded))


def viewer(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Photos")


def open_viewer(page: Page, at: int = 0) -> Locator:
    """Open a photo of the thread, and wait until it has loaded."""
    photos(page).nth(at).click()
    image = viewer(page).locator(".viewer-slide:not([inert]) img")
    expect(image).to_be_visible()
    wait_until(page, lambda: image.evaluate("each => each.naturalWidth > 0"))
    return image
