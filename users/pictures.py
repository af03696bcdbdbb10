"""Makes uploaded pictures safe to store and serve."""

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import product
from typing import IO

from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

from api.exceptions import FieldInvalid

SIDE_PIXELS = 512
MAX_PIXELS = 40_000_000
# A decoder processes the whole image for each scan of a JPEG. Ordinary JPEGs have up to ten scans. An
# empty scan takes 60 bytes, so a small file could keep the decoder busy for hours.
MAX_SCANNED_PIXELS = 20 * MAX_PIXELS
# Matches JPEG markers that have a length, but not the stuffed bytes and restart markers in scans.
MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
START_OF_SCAN, END_OF_IMAGE = b"\xda", b"\xd9"
# A picture is reduced in two steps. The first step, by an integer factor to at least this size, is
# fast. The second step resamples the result, because this looks better.
ROUGH_SIDE_PIXELS = 2 * SIDE_PIXELS
ORIENTATION = ExifTags.Base.Orientation


def clean_picture(file: IO[bytes]) -> bytes:
    """
    Return a picture as a new JPEG of at most 512 by 512 pixels.

    Re-encoding removes the location and all other metadata. Only the first frame of an animation is
    kept; transparent areas become white. Decoding takes up to 4 bytes of memory per pixel, which is
    160 MB for a picture of `MAX_PIXELS`. A progressive JPEG takes up to twice as much, and a WebP about
    four times as much. Raise FieldInvalid if the file is not a picture, has too many pixels, or is a JPEG
    with too many scans.
    """
    image = _decode(file)
    image.thumbnail((SIDE_PIXELS, SIDE_PIXELS))
    output = BytesIO()
    image.save(output, "JPEG", quality=85)
    return output.getvalue()


def _decode(file: IO[bytes]) -> Image.Image:
    """
    Decode, reduce and rotate a picture.

    Raise FieldInvalid if the file is not a picture, has more than `MAX_PIXELS`, or is a JPEG with too
    many scans. Without these checks, a small file could expand to gigabytes or take hours.
    """
    try:
        scans = _count_scans(file)
        image: Image.Image = Image.open(file, formats=("JPEG", "PNG", "WEBP", "GIF"))
        pixels = image.width * image.height
        is_endless = isinstance(image, JpegImageFile) and pixels * scans > MAX_SCANNED_PIXELS
        is_too_large = pixels > MAX_PIXELS or is_endless
        if not is_too_large:
            image = _upright(image, _shrink(image))
    except Exception:  # noqa: BLE001 - decoders raise many kinds of errors, such as TypeError for broken Exif
        raise FieldInvalid(
            "profile_image",
            _("This file is not a JPEG, PNG, WebP or GIF picture, or it is damaged."),
        ) from None
    if is_too_large:
        raise FieldInvalid(
            "profile_image",
            _("This picture is too large or too complex. Use one with fewer pixels."),
        )
    return image


def _count_scans(file: IO[bytes]) -> int:
    """Return the number of scans in a JPEG, ignoring bytes that cameras append after its end."""
    file.seek(0)
    content = file.read()
    scans, position = 0, 0
    while (found := MARKER.search(content, position)) and found[1] != END_OF_IMAGE:
        scans += found[1] == START_OF_SCAN
        position = found.end() + int.from_bytes(content[found.end() : found.end() + 2], "big")
    return scans


def _shrink(image: Image.Image) -> Image.Image:
    """
    Return a copy in RGB that is reduced by an integer factor.

    The image is converted tile by tile, because a second full-size copy would double the memory.
    """
    ratio = max(1, max(image.size) / ROUGH_SIDE_PIXELS)
    # Decodes a JPEG at 1/2, 1/4 or 1/8 of its size; other formats ignore this call.
    image.draft(None, (max(1, int(image.width / ratio)), max(1, int(image.height / ratio))))
    factor = max(1, max(image.size) // ROUGH_SIDE_PIXELS)
    small = Image.new("RGB", (-(-image.width // factor), -(-image.height // factor)))
    for box in _tiles(image.size, factor):
        tile = _to_rgb(image.crop(box)).reduce(factor)
        small.paste(tile, (box[0] // factor, box[1] // factor))
    return small


def _tiles(size: tuple[int, int], factor: int) -> Iterator[tuple[int, int, int, int]]:
    """Split `size` into boxes of about a million pixels whose origins are multiples of `factor`."""
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
    """Rotate the reduced copy according to the original's Exif orientation."""
    small.getexif()[ORIENTATION] = image.getexif().get(ORIENTATION, 1)
    return ImageOps.exif_transpose(small)
