"""Photos: chosen, on their way, refused, in a thread, and in the viewer."""

import io

from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.screenshots.camera import Camera
from tests.e2e.screenshots.scenes.steps import TRAINER, composer, open_thread, scene

HANNAH = "Hannah Schmidt"
SIZES = ((1200, 900), (900, 1200), (1600, 500), (400, 1600), (800, 800), (1000, 700))


def landscape(width: int, height: int, hue: int) -> bytes:
    """Draw a sky over hills, so that what is cut off and what is turned can be seen."""
    image = Image.new("HSV", (width, height))
    draw = ImageDraw.Draw(image)
    for y in range(height):
        draw.line((0, y, width, y), fill=(hue, 120 - 80 * y // height, 230))
    side = min(width, height)
    draw.ellipse(
        (width * 0.6, height * 0.1, width * 0.6 + side * 0.2, height * 0.1 + side * 0.2),
        (30, 60, 255),
    )
    for number in range(3):
        top = height * (0.45 + 0.15 * number)
        draw.ellipse(
            (width * (number * 0.4 - 0.6), top, width * (number * 0.4 + 0.8), top + height),
            (hue + 60, 140, 150 - 40 * number),
        )
    file = io.BytesIO()
    image.convert("RGB").save(file, "JPEG")
    return file.getvalue()


def pictures(count: int) -> list[bytes]:
    return [landscape(*SIZES[number % len(SIZES)], 20 + 23 * number) for number in range(count)]


def choose(page: Page, *files: bytes) -> None:
    """Choose photos for the message that is being written, and wait until they are prepared."""
    chosen: list[FilePayload] = [
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": each} for each in files
    ]
    page.locator("message-composer input[type=file]").first.set_input_files(chosen)
    tray = page.get_by_role("list", name="Photos to send")
    expect(tray.get_by_role("button")).to_have_count(len(files))


def expect_shown(page: Page, count: int) -> None:
    """Wait until a thread has this number of photos, and those on the screen have loaded."""
    expect(page.locator(".message .photo")).to_have_count(count)
    page.wait_for_load_state("networkidle")


def send_photos(camera: Camera, name: str, count: int, text: str = "") -> None:
    path = f"messaging/conversations/{camera.conversations[HANNAH]}/send/"
    files = [("image", (f"{number}.jpg", each)) for number, each in enumerate(pictures(count))]
    camera.request(name, "POST", path, files=files, data={"content": text})


@scene
def photos_chosen(camera: Camera) -> Page:
    page = open_thread(camera, camera.new_page_of(TRAINER), HANNAH)
    choose(page, *pictures(6))
    composer(page).fill("From the lake this morning")
    return page


@scene
def photos_on_their_way(camera: Camera) -> Page:
    page = open_thread(camera, camera.new_page_of(TRAINER), HANNAH)
    page.route("**/messaging/uploads/", camera.hold)
    choose(page, *pictures(2))
    composer(page).fill("From the lake this morning")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("button", name="Stop sending")).to_be_visible()
    return page


@scene
def photo_refused(camera: Camera) -> Page:
    page = open_thread(camera, camera.new_page_of(TRAINER), HANNAH)
    refusal = {"file": ["This photo is damaged."]}
    page.route("**/messaging/uploads/", lambda route: route.fulfill(status=400, json=refusal))
    choose(page, *pictures(1))
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("This photo is damaged.")).to_be_visible()
    return page


@scene
def photos(camera: Camera) -> Page:
    send_photos(camera, HANNAH, 1, "The view from the top!")
    send_photos(camera, TRAINER, 2)
    send_photos(camera, HANNAH, 4, "And the way down")
    page = open_thread(camera, camera.page(TRAINER), HANNAH)
    expect_shown(page, 7)
    return page


@scene
def photos_in_an_album_of_ten(camera: Camera) -> Page:
    send_photos(camera, TRAINER, 10, "All of them")
    page = open_thread(camera, camera.page(TRAINER), HANNAH)
    expect_shown(page, 11)  # four of ten are shown
    return page


@scene
def photos_of_unusual_shapes(camera: Camera) -> Page:
    path = f"messaging/conversations/{camera.conversations[HANNAH]}/send/"
    for name, shape in ((HANNAH, (2400, 60)), (TRAINER, (60, 2400)), (HANNAH, (8, 8))):
        camera.request(name, "POST", path, files={"image": landscape(*shape, 90)})
    page = open_thread(camera, camera.page(TRAINER), HANNAH)
    expect_shown(page, 14)
    return page


@scene
def viewer(camera: Camera) -> Page:
    page = open_thread(camera, camera.page(TRAINER), HANNAH)
    page.get_by_role("button", name="Open photo 2 of 4").click()
    expect(page.get_by_role("dialog", name="Photos").get_by_role("status")).to_have_text(
        "Photo 2 of 4"
    )
    return page
