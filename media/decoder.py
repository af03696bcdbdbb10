"""
Decodes one uploaded picture in a process of its own, whose memory and CPU time are limited.

`media.drawing` runs this file as a script, once per picture. The script imports neither Django nor the
product, and is given no secret in its environment. Its argument is a `Task` as JSON. It reads the file from
the standard input. It writes a line of JSON with the fields of `Drawing` to the standard output, and then
one JPEG for each size. `Outcome` lists its exit codes.
"""

import json
import os
import re
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from enum import IntEnum
from io import BytesIO
from itertools import product
from typing import IO, NamedTuple

import blurhash
import pillow_heif
from PIL import AvifImagePlugin, ExifTags, Image, ImageCms, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

MAX_PIXELS = 60_000_000
# A decoder processes the whole image for each scan of a JPEG. Ordinary JPEGs have up to ten scans. An
# empty scan takes 60 bytes, so a small file could keep the decoder busy for hours.
MAX_SCANNED_PIXELS = 20 * MAX_PIXELS
# What a decoder needs per pixel, in bytes. libwebp keeps two frames in RGBA, and Pillow two copies.
# The decoders of AVIF and HEIC keep the frame in YUV and in RGB.
BYTES_PER_PIXEL_OF = {"WEBP": 16, "AVIF": 12, "HEIF": 12}
BYTES_PER_PIXEL = 4
# A decoder keeps the coefficients of a progressive JPEG, two bytes for each channel, until the last scan.
BYTES_PER_COEFFICIENT = 2
# What the interpreter and the libraries take.
OWN_BYTES = 80 * 1024 * 1024
CPU_SECONDS = 20
# Others' requests come first, if all cores are busy.
NICENESS = 10
# Matches JPEG markers that have a length, but not the stuffed bytes and restart markers in scans.
MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
START_OF_SCAN, END_OF_IMAGE = b"\xda", b"\xd9"
TILE_SIDE_PIXELS = 1024
ORIENTATION = ExifTags.Base.Orientation
QUALITY = 85
# Most numbers of a blurhash, per side, and the size of the picture that it is computed from.
BLUR_PARTS, BLUR_SIDE_PIXELS = 4, 32


class Outcome(IntEnum):
    """The exit codes of the script."""

    DONE = 0
    NOT_A_PICTURE = 3
    TOO_LARGE = 4
    TOO_MANY_PIXELS = 5


class NotAPicture(Exception):
    """The file is of no accepted format, or damaged."""

    outcome = Outcome.NOT_A_PICTURE


class TooLarge(Exception):
    """The picture has too many scans, or would exceed the limit on memory."""

    outcome = Outcome.TOO_LARGE


class TooManyPixels(TooLarge):
    """The picture has more than `MAX_PIXELS`."""

    outcome = Outcome.TOO_MANY_PIXELS


class Task(NamedTuple):
    """
    What to draw: a copy for each of `sides`, in pixels and ascending, that fits into such a square.

    `formats` are Pillow's names of the accepted formats. `memory` is the limit of the process, in bytes.
    """

    sides: tuple[int, ...]
    formats: tuple[str, ...]
    memory: int

    @property
    def rough_side(self) -> int:
        """
        Return the size to which a picture is reduced at first, by an integer factor, which is fast.

        A second step resamples the result, which looks better. Small copies start at twice their size.
        """
        return max(self.sides[-1], 2 * self.sides[0])


class Drawing(NamedTuple):
    """A picture drawn anew: the size in pixels and the blurhash of the largest copy, and all copies."""

    width: int
    height: int
    blurhash: str
    copies: tuple[bytes, ...]


def draw(file: IO[bytes], task: Task) -> Drawing:
    """
    Return copies of a picture as JPEG, upright and without metadata.

    Only the first frame of an animation is kept; transparent areas become white, and colours are those of
    sRGB. Raise NotAPicture or TooLarge.
    """
    try:
        scans = _count_scans(file)
        image: Image.Image = Image.open(file, formats=task.formats)
        _ensure_not_too_large(image, scans, task)
        largest = _largest_copy(image, task)
    except Exception as error:  # noqa: BLE001 - decoders raise many kinds, such as TypeError for broken Exif
        raise _refusal_of(error, file) from None
    copies = tuple(_encode(largest, side) for side in task.sides)
    return Drawing(*largest.size, _blurhash_of(largest), copies)


def _refusal_of(error: Exception, file: IO[bytes]) -> Exception:
    if isinstance(error, TooLarge):
        return error
    if isinstance(error, Image.DecompressionBombError):
        return TooManyPixels()
    # The decoder of WebP gives the same reason for a lack of memory and for a truncated file.
    is_webp_without_memory = "could not create decoder" in str(error) and _is_whole_webp(file)
    return TooLarge() if is_webp_without_memory or isinstance(error, MemoryError) else NotAPicture()


def _is_whole_webp(file: IO[bytes]) -> bool:
    """Return whether a WebP is as long as its header says."""
    file.seek(0)
    content = file.read()
    return len(content) >= 8 + int.from_bytes(content[4:8], "little")


def _ensure_not_too_large(image: Image.Image, scans: int, task: Task) -> None:
    """
    Raise TooLarge before decoding. Otherwise, a small file could expand to gigabytes or take hours.

    Decoders report a lack of memory as damage, so the memory is estimated first.
    """
    pixels = image.width * image.height
    if pixels > MAX_PIXELS:
        raise TooManyPixels
    is_endless = isinstance(image, JpegImageFile) and pixels * scans > MAX_SCANNED_PIXELS
    if is_endless or OWN_BYTES + _bytes_to_decode(image, pixels, task.rough_side) > task.memory:
        raise TooLarge


def _bytes_to_decode(image: Image.Image, pixels: int, rough_side: int) -> int:
    """Return the most memory that the decoder of this format and the reduced copy take."""
    draft = _draft_factor(image, rough_side) if isinstance(image, JpegImageFile) else 1
    factor = draft * max(1, max(image.size) // draft // rough_side)
    copy = BYTES_PER_PIXEL * pixels // factor**2
    if not isinstance(image, JpegImageFile):
        return copy + BYTES_PER_PIXEL_OF.get(image.format or "", BYTES_PER_PIXEL) * pixels
    coefficients = BYTES_PER_COEFFICIENT * len(image.getbands()) * pixels
    decoded = BYTES_PER_PIXEL * pixels // draft**2
    return copy + decoded + (coefficients if image.info.get("progressive") else 0)


def _count_scans(file: IO[bytes]) -> int:
    """Return the number of scans in a JPEG, ignoring bytes that cameras append after its end."""
    file.seek(0)
    content = file.read()
    scans, position = 0, 0
    while (found := MARKER.search(content, position)) and found[1] != END_OF_IMAGE:
        scans += found[1] == START_OF_SCAN
        position = found.end() + int.from_bytes(content[found.end() : found.end() + 2], "big")
    return scans


def _draft_factor(image: Image.Image, rough_side: int) -> int:
    """Return by how much the decoder of a JPEG can reduce the picture: 1, 2, 4 or 8."""
    return max(each for each in (1, 2, 4, 8) if each <= _rough_factor(image, rough_side))


def _rough_factor(image: Image.Image, rough_side: int) -> int:
    return max(1, max(image.size) // rough_side)


def _largest_copy(image: Image.Image, task: Task) -> Image.Image:
    profile = image.info.get("icc_profile")
    copy = _shrink(image, task.rough_side)
    copy.thumbnail((task.sides[-1], task.sides[-1]))
    return _in_srgb(_upright(image, copy), profile)


def _shrink(image: Image.Image, rough_side: int) -> Image.Image:
    """
    Return a copy in RGB that is reduced by an integer factor.

    The image is converted tile by tile, because a second full-size copy would double the memory.
    """
    draft = _draft_factor(image, rough_side)
    # Reduces a JPEG while it is decoded; other formats ignore this call.
    image.draft(None, (max(1, image.width // draft), max(1, image.height // draft)))
    factor = _rough_factor(image, rough_side)
    small = Image.new("RGB", (-(-image.width // factor), -(-image.height // factor)))
    for box in _tiles(image.size, factor):
        tile = _to_rgb(image.crop(box)).reduce(factor)
        small.paste(tile, (box[0] // factor, box[1] // factor))
    return small


def _tiles(size: tuple[int, int], factor: int) -> Iterator[tuple[int, int, int, int]]:
    """Split `size` into boxes of about a million pixels whose origins are multiples of `factor`."""
    width, height = size
    side = factor * max(1, TILE_SIDE_PIXELS // factor)
    for left, top in product(range(0, width, side), range(0, height, side)):
        yield left, top, min(left + side, width), min(top + side, height)


def _to_rgb(tile: Image.Image) -> Image.Image:
    if tile.mode.startswith("I"):  # 16 bits; convert() would not scale them to 8
        tile = tile.point(lambda value: value * (1 / 256)).convert("L")
    if not tile.has_transparency_data:
        return tile.convert("RGB")
    paper = Image.new("RGBA", tile.size, "white")
    paper.alpha_composite(tile.convert("RGBA"))
    return paper.convert("RGB")


def _upright(image: Image.Image, copy: Image.Image) -> Image.Image:
    """Rotate the reduced copy according to the original's Exif orientation."""
    copy.getexif()[ORIENTATION] = image.getexif().get(ORIENTATION, 1)
    return ImageOps.exif_transpose(copy)


def _in_srgb(copy: Image.Image, profile: bytes | None) -> Image.Image:
    """
    Convert colours that a camera describes by a profile, such as Display P3, which is then dropped.

    Profiles of other kinds of colours, such as CMYK, and damaged ones are ignored.
    """
    if profile:
        with suppress(ImageCms.PyCMSError, OSError):
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            ImageCms.profileToProfile(copy, own, ImageCms.createProfile("sRGB"), inPlace=True)
    return copy


def _encode(largest: Image.Image, side: int) -> bytes:
    copy = largest.copy()
    copy.thumbnail((side, side))
    output = BytesIO()
    copy.save(output, "JPEG", quality=QUALITY, optimize=True)
    return output.getvalue()


def _blurhash_of(picture: Image.Image) -> str:
    """Return about 30 characters from which clients draw a blurred picture, until it has loaded."""
    small = picture.copy()
    small.thumbnail((BLUR_SIDE_PIXELS, BLUR_SIDE_PIXELS))
    width, height = small.size
    pixels = list(small.get_flattened_data())
    rows = [pixels[row * width : (row + 1) * width] for row in range(height)]
    parts = [
        max(1, min(BLUR_PARTS, round(BLUR_PARTS * each / max(small.size)))) for each in small.size
    ]
    found: str = blurhash.encode(rows, *parts)
    return found


def add_decoders() -> None:
    """Let Pillow decode HEIC, and AVIF with one thread, because each thread takes address space."""
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.register_heif_opener(thumbnails=False)


def answer(source: IO[bytes], target: IO[bytes], task: Task) -> Outcome:
    """Draw the picture in `source` anew, and write it to `target`; return the exit code."""
    try:
        drawing = draw(BytesIO(source.read()), task)
    except (NotAPicture, TooLarge, MemoryError) as refusal:
        return getattr(refusal, "outcome", Outcome.TOO_LARGE)
    head = {**drawing._asdict(), "copies": [len(each) for each in drawing.copies]}
    target.write(json.dumps(head).encode() + b"\n")
    target.writelines(drawing.copies)
    return Outcome.DONE


def limit_this_process(memory: int) -> None:
    """Limit memory in bytes and CPU time, forbid writing to files, and let other processes go first."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)


def parse_task(argument: str) -> Task:
    """Return the task that `media.drawing` has written as JSON."""
    sides, formats, memory = json.loads(argument)
    return Task(tuple(sides), tuple(formats), memory)


if __name__ == "__main__":  # pragma: no cover - its process has no coverage, as it writes no files
    add_decoders()
    given = parse_task(sys.argv[1])
    limit_this_process(given.memory)
    sys.exit(answer(sys.stdin.buffer, sys.stdout.buffer, given))
