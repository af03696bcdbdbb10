"""Draws the pictures that tests upload, harmless and hostile ones."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image, PngImagePlugin

from media.decoder import Task, add_decoders

MEMORY = 1100 * 2**20
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF")
TASK = Task((512,), FORMATS, MEMORY)

add_decoders()  # also for drawing HEIC


def draw(kind: str = "PNG", size: tuple[int, int] = (600, 300), mode: str = "RGB") -> bytes:
    output = BytesIO()
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "taken at home", 6  # the description and the orientation
    options = {} if kind == "GIF" else {"exif": exif}
    Image.new(mode, size, "red").save(output, kind, **options)
    return output.getvalue()


def draw_with_notes(kind: str) -> bytes:
    """Return a picture with a note in each place that the format has for one."""
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "a private note")
    text.add_itxt("XML:com.adobe.xmp", "<x>a private note</x>")
    output = BytesIO()
    note = b"a private note"
    options: dict[str, Any] = {"icc_profile": note, "comment": note, "xmp": b"<x>" + note + b"</x>"}
    if kind == "PNG":
        options = {"icc_profile": note, "pnginfo": text}
    Image.new("RGB", (600, 300), "red").save(output, kind, **options)
    return output.getvalue() + note


def declare(width: int, height: int) -> bytes:
    """Return a small PNG that declares this size, like a decompression bomb."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


def repeat_scan(times: int, side: int = 1000) -> bytes:
    """Return a progressive JPEG whose last scan, which changes nothing, is repeated."""
    output = BytesIO()
    Image.new("L", (side, side), "gray").save(output, "JPEG", progressive=True)
    content = output.getvalue()
    end = len(content) - 2
    return content[:end] + content[content.rindex(b"\xff\xda") : end] * times + content[end:]


def encode(kind: str, mode: str, side: int, **options: Any) -> bytes:
    output = BytesIO()
    Image.new(mode, (side, side)).save(output, kind, **options)
    return output.getvalue()
