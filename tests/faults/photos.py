"""Photos that people send: flat pictures of a colour of their own, so that a copy tells whose it is."""

import io
import random
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from PIL import Image

SIDES = {"small": 320, "medium": 1280, "large": 2560}
FORMATS = ("JPEG", "PNG", "WEBP")
# JPEG changes colours a little.
TOLERANCE = 8


@dataclass
class Photo:
    """A photo, and its attachment once the server has accepted it."""

    color: tuple[int, int, int]
    size: tuple[int, int]
    format: str
    upload_key: str
    attachment: dict[str, Any] = field(default_factory=dict)

    def draw(self) -> bytes:
        """Return the file."""
        file = io.BytesIO()
        Image.new("RGB", self.size, self.color).save(file, self.format)
        return file.getvalue()

    def find_flaw(self, size: str, content: bytes) -> str | None:
        """Return what is wrong with a copy of this photo, or None."""
        try:
            copy = Image.open(io.BytesIO(content)).convert("RGB")
        except OSError:
            return f"is no picture: {content[:40]!r}"
        expected = _fit(self.size, SIDES[size])
        if copy.width != expected[0] or abs(copy.height - expected[1]) > 1:
            return f"has {copy.size} pixels, not {expected}"
        shown = copy.getpixel((copy.width // 2, copy.height // 2))
        assert isinstance(shown, tuple)
        if any(abs(a - b) > TOLERANCE for a, b in zip(shown, self.color, strict=True)):
            return f"shows {shown}, not {self.color}"
        return None


def make_photo(rng: random.Random) -> Photo:
    """Return a photo whose small copy is smaller than the others."""
    color = (rng.randrange(256), rng.randrange(256), rng.randrange(256))
    size = (rng.randrange(324, 400), rng.randrange(30, 200))
    key = str(UUID(int=rng.getrandbits(128), version=4))
    return Photo(color, size, rng.choice(FORMATS), key)


def path_of(link: str) -> str:
    """Return a link's path and query: links name the public address, which no server of a run has."""
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


def _fit(size: tuple[int, int], side: int) -> tuple[int, int]:
    if max(size) <= side:
        return size
    return side, round(size[1] * side / size[0])
