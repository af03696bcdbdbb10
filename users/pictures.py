"""Uploaded pictures, made harmless."""

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import product
from typing import IO

from PIL import ExifTags, Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

from api.exceptions import FieldInvalid

SIDE_PIXELS = 512
MAX_PIXELS = 40_000_000
# A JPEG is decoded once more for each of its scans, of which a normal one has up to ten. A scan that
# changes nothing has 60 bytes, so a file could hold up every other picture for hours.
MAX_SCANNED_PIXELS = 20 * MAX_PIXELS
# All but stuffed bytes and restarts, which are within a scan, and what has no content to skip.
MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
START_OF_SCAN, END_OF_IMAGE = b"\xda", b"\xd9"
# A picture is first shrunk by a whole number, to no less than this, which is fast. The rest is
# resampled, which looks good.
ROUGH_SIDE_PIXELS = 2 * SIDE_PIXELS
ORIENTATION = ExifTags.Base.Orientation


def clean_picture(file: IO[bytes]) -> bytes:
    """
    Return a picture as a JPEG of at most 512 by 512 pixels, drawn anew; raise FieldInvalid.

    Drawing it anew leaves behind the place where a photo was taken, and whatever else was in the file.
    Of an animation the first frame is taken, and what is transparent becomes white. Needs up to 4
    bytes a pixel, so 160 MB, and four times that for a WebP.
    """
    image = _decode(file)
    image.thumbnail((SIDE_PIXELS, SIDE_PIXELS))
    output = BytesIO()
    image.save(output, "JPEG", quality=85)
    return output.getvalue()


def _decode(file: IO[bytes]) -> Image.Image:
    """Read a picture of at most `MAX_PIXELS`, upright and small: a file can unfold to gigabytes."""
    try:
        scans = _count_scans(file)
        image: Image.Image = Image.open(file, formats=("JPEG", "PNG", "WEBP", "GIF"))
        pixels = image.width * image.height
        is_endless = isinstance(image, JpegImageFile) and pixels * scans > MAX_SCANNED_PIXELS
        is_too_large = pixels > MAX_PIXELS or is_endless
        if not is_too_large:
            image = _upright(image, _shrink(image))
    except Exception:  # noqa: BLE001 - decoders fail in many ways, a TypeError for broken Exif among them
        raise FieldInvalid("profile_image", "This file is not a picture.") from None
    if is_too_large:
        raise FieldInvalid("profile_image", "This picture has too many pixels.")
    return image


def _count_scans(file: IO[bytes]) -> int:
    """Return how many scans a JPEG has; what cameras write behind its end is not decoded."""
    file.seek(0)
    content = file.read()
    scans, position = 0, 0
    while (found := MARKER.search(content, position)) and found[1] != END_OF_IMAGE:
        scans += found[1] == START_OF_SCAN
        position = found.end() + int.from_bytes(content[found.end() : found.end() + 2], "big")
    return scans


def _shrink(image: Image.Image) -> Image.Image:
    """
    Return a picture roughly shrunk, in RGB.

    It is converted tile by tile: a second copy of the whole would take as much memory as the first.
    """
    ratio = max(1, max(image.size) / ROUGH_SIDE_PIXELS)
    # A JPEG is decoded at a half, a quarter or an eighth; other formats do not know how to.
    image.draft(None, (max(1, int(image.width / ratio)), max(1, int(image.height / ratio))))
    factor = max(1, max(image.size) // ROUGH_SIDE_PIXELS)
    small = Image.new("RGB", (-(-image.width // factor), -(-image.height // factor)))
    for box in _tiles(image.size, factor):
        tile = _to_rgb(image.crop(box)).reduce(factor)
        small.paste(tile, (box[0] // factor, box[1] // factor))
    return small


def _tiles(size: tuple[int, int], factor: int) -> Iterator[tuple[int, int, int, int]]:
    """Cut `size` into boxes of about a million pixels; `factor` divides where each begins."""
    width, height = size
    side = factor * max(1, ROUGH_SIDE_PIXELS // factor)
    for left, top in product(range(0, width, side), range(0, height, side)):
        yield left, top, min(left + side, width), min(top + side, height)


def _to_rgb(tile: Image.Image) -> Image.Image:
    if not tile.has_transparency_data:
        return tile.convert("RGB")
    paper = Image.new("RGBA", tile.size, "white")
    paper.alpha_composite(tile.convert("RGBA"))
    return paper.convert("RGB")


def _upright(image: Image.Image, small: Image.Image) -> Image.Image:
    """Turn the small copy of a picture as the Exif of that says."""
    small.getexif()[ORIENTATION] = image.getexif().get(ORIENTATION, 1)
    return ImageOps.exif_transpose(small)
