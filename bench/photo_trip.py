"""
Measure how long a photo of 3 MB takes from the sender's click to the recipient's screen, in two browsers.

The time includes shrinking it on the device, uploading it, what the server does with it, and loading and
decoding it on the other screen. Texts are sent in alternation, for comparison on the same machine.
"""

import base64
import io
import random
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Page

from bench.browser import PATIENCE_MS, chromium, let_sign_in, open_thread, send_text
from bench.dataset import Dataset, list_pairs
from bench.processes import product
from tests.e2e.devices import PHONE

SIZE, GRAIN = (4000, 3000), (480, 360)
"""12 megapixels. The grain makes a JPEG of 3 MB, as the details of a usual photo do."""
QUALITY = 85
WARM_UP = 2
SCRIPT = Path(__file__).with_name("photo_trip.js").read_text()


@dataclass(frozen=True)
class PhotoTrips:
    """
    The median times of photos and texts from the click to the other screen, in milliseconds.

    `bare` is the time in which Pillow decodes and encodes the same photo. `wrong` counts photos and texts
    that never appeared.
    """

    sent: int
    wrong: int
    megabytes: float
    photo: float
    text: float
    bare: float


def send_photos(data: Dataset, redis_url: str, count: int) -> PhotoTrips:
    """Send photos and texts from a desktop to a phone, one after the other."""
    pair, picture = list_pairs()[0], draw_photo()
    let_sign_in(data, pair)
    with TemporaryDirectory() as media:
        served = product(data.database_url, redis_url, MEDIA_ROOT=media, UPLOAD_QUOTA_MB="0")
        with served as server, chromium() as browser:
            desk = open_thread(browser, server, pair, pair.trainer_id)
            phone = open_thread(browser, server, pair, pair.trainee_id, **PHONE)
            for page in (desk, phone):
                page.evaluate(SCRIPT)
            desk.evaluate("keepPhoto", base64.b64encode(picture).decode())
            rounds = [_send_both(desk, phone, number) for number in range(WARM_UP + count)]
    photos, texts = zip(*rounds[WARM_UP:], strict=True)
    return PhotoTrips(
        sent=2 * count,
        wrong=(photos + texts).count(None),
        megabytes=len(picture) / 2**20,
        photo=_median(photos),
        text=_median(texts),
        bare=median(_time_bare(picture) for _ in range(5)),
    )


def draw_photo() -> bytes:
    """Return a JPEG of 3 MB and 12 megapixels."""
    grain = random.Random(1).randbytes(3 * GRAIN[0] * GRAIN[1])
    image = Image.frombytes("RGB", GRAIN, grain).resize(SIZE, Image.Resampling.BICUBIC)
    output = io.BytesIO()
    image.save(output, "JPEG", quality=QUALITY)
    return output.getvalue()


def _send_both(desk: Page, phone: Page, number: int) -> tuple[float | None, float | None]:
    """Return the milliseconds until a photo and then a text are on the phone; None if one never is."""
    caption = f"Photo number {number}."
    arrived = phone.evaluate_handle("text => ({ when: photoShown(text) })", caption)
    clicked = desk.evaluate("sendPhoto", caption)
    end = arrived.evaluate("({ when }) => when")
    desk.get_by_role("progressbar").first.wait_for(state="detached", timeout=PATIENCE_MS)
    _, text = send_text(desk, phone, number)
    return end and end - clicked, text


def _time_bare(picture: bytes) -> float:
    start = time.perf_counter()
    with Image.open(io.BytesIO(picture)) as image:
        image.save(io.BytesIO(), "JPEG", quality=QUALITY)
    return 1000 * (time.perf_counter() - start)


def _median(found: tuple[float | None, ...]) -> float:
    return median([each for each in found if each is not None] or [0.0])
