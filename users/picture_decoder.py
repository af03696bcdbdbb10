"""
Decodes one uploaded picture in a process of its own, whose memory and CPU time are limited.

`users.pictures` runs this file as a script, once per picture. The script imports neither Django nor the
product, and is given no secret in its environment. It reads the file from the standard input, and writes a
JPEG to the standard output. `Outcome` lists its exit codes.
"""

import re
import resource
import sys
from collections.abc import Iterator
from enum import IntEnum
from io import BytesIO
from itertools import product
from typing import IO

import pillow_heif
from PIL import AvifImagePlugin, ExifTags, Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF")
SIDE_PIXELS = 512
MAX_PIXELS = 40_000_000
# A decoder processes the whole image for each scan of a JPEG. Ordinary JPEGs have up to ten scans. An
# empty scan takes 60 bytes, so a small file could keep the decoder busy for hours.
MAX_SCANNED_PIXELS = 20 * MAX_PIXELS
# What a decoder needs per pixel, in bytes. libwebp keeps two frames in RGBA, and Pillow two copies.
# The decoders of AVIF and HEIC keep the frame in YUV and in RGB.
BYTES_PER_PIXEL_OF = {"WEBP": 16, "AVIF": 12, "HEIF": 12}
BYTES_PER_PIXEL = 4
# A decoder keeps the coefficients of a progressive JPEG, two bytes for each channel, until the last scan.
BYTES_PER_COEFFICIENT = 2
# What the interpreter and the libraries take, and the reduced copy.
OWN_BYTES = 80 * 1024 * 1024
CPU_SECONDS = 20
# Matches JPEG markers that have a length, but not the stuffed bytes and restart markers in scans.
MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
START_OF_SCAN, END_OF_IMAGE = b"\xda", b"\xd9"
# A picture is reduced in two steps. The first step, by an integer factor to at least this size, is
# fast. The second step resamples the result, because this looks better.
ROUGH_SIDE_PIXELS = 2 * SIDE_PIXELS
ORIENTATION = ExifTags.Base.Orientation


class Outcome(IntEnum):
    """The exit codes of the script."""

    DONE = 0
    NOT_A_PICTURE = 3
    TOO_LARGE = 4


class NotAPicture(Exception):
    """The file is of no known format, or damaged."""


class TooLarge(Exception):
    """The picture has too many pixels or scans, or would exceed the limit on memory."""


def reencode(file: IO[bytes], memory: int) -> bytes:
    """
    Return a picture as a new JPEG of at most 512 by 512 pixels, without metadata.

    Only the first frame of an animation is kept; transparent areas become white. `memory` is the limit of
    the process, in bytes. Raise NotAPicture or TooLarge.
    """
    try:
        scans = _count_scans(file)
        image: Image.Image = Image.open(file, formats=FORMATS)
        _ensure_not_too_large(image, scans, memory)
        small = _upright(image, _shrink(image))
    except Exception as error:  # noqa: BLE001 - decoders raise many kinds, such as TypeError for broken Exif
        raise (TooLarge if _is_about_size(error) else NotAPicture) from None
    small.thumbnail((SIDE_PIXELS, SIDE_PIXELS))
    output = BytesIO()
    small.save(output, "JPEG", quality=85)
    return output.getvalue()


def _is_about_size(error: Exception) -> bool:
    is_webp_without_memory = "could not create decoder" in str(error)
    is_known = isinstance(error, (TooLarge, MemoryError, Image.DecompressionBombError))
    return is_known or is_webp_without_memory


def _ensure_not_too_large(image: Image.Image, scans: int, memory: int) -> None:
    """
    Raise TooLarge before decoding. Otherwise, a small file could expand to gigabytes or take hours.

    Decoders report a lack of memory as damage, so the memory is estimated first.
    """
    pixels = image.width * image.height
    is_endless = isinstance(image, JpegImageFile) and pixels * scans > MAX_SCANNED_PIXELS
    if pixels > MAX_PIXELS or is_endless or OWN_BYTES + _bytes_to_decode(image, pixels) > memory:
        raise TooLarge


def _bytes_to_decode(image: Image.Image, pixels: int) -> int:
    """Return the most memory that the decoder of this format takes for so many pixels."""
    if not isinstance(image, JpegImageFile):
        return BYTES_PER_PIXEL_OF.get(image.format or "", BYTES_PER_PIXEL) * pixels
    decoded = BYTES_PER_PIXEL * pixels // _draft_factor(image) ** 2
    coefficients = BYTES_PER_COEFFICIENT * len(image.getbands()) * pixels
    return decoded + (coefficients if image.info.get("progressive") else 0)


def _count_scans(file: IO[bytes]) -> int:
    """Return the number of scans in a JPEG, ignoring bytes that cameras append after its end."""
    file.seek(0)
    content = file.read()
    scans, position = 0, 0
    while (found := MARKER.search(content, position)) and found[1] != END_OF_IMAGE:
        scans += found[1] == START_OF_SCAN
        position = found.end() + int.from_bytes(content[found.end() : found.end() + 2], "big")
    return scans


def _draft_factor(image: Image.Image) -> int:
    """Return by how much the decoder of a JPEG can reduce the picture: 1, 2, 4 or 8."""
    ratio = max(image.size) // ROUGH_SIDE_PIXELS
    return max(each for each in (1, 2, 4, 8) if each <= max(1, ratio))


def _shrink(image: Image.Image) -> Image.Image:
    """
    Return a copy in RGB that is reduced by an integer factor.

    The image is converted tile by tile, because a second full-size copy would double the memory.
    """
    draft = _draft_factor(image)
    # Reduces a JPEG while it is decoded; other formats ignore this call.
    image.draft(None, (max(1, image.width // draft), max(1, image.height // draft)))
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


def add_decoders() -> None:
    """Let Pillow decode HEIC, and AVIF with one thread, because each thread takes address space."""
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.register_heif_opener(thumbnails=False)


def answer(source: IO[bytes], target: IO[bytes], memory: int) -> Outcome:
    """Re-encode the picture in `source` into `target`; return the exit code."""
    try:
        target.write(reencode(BytesIO(source.read()), memory))
    except (TooLarge, MemoryError):
        return Outcome.TOO_LARGE
    except NotAPicture:
        return Outcome.NOT_A_PICTURE
    return Outcome.DONE


def limit_this_process(memory: int) -> None:
    """Limit memory in bytes and CPU time, and forbid writing to files."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":  # pragma: no cover - its process has no coverage, as it writes no files
    add_decoders()
    limit = int(sys.argv[1])
    limit_this_process(limit)
    sys.exit(answer(sys.stdin.buffer, sys.stdout.buffer, limit))
