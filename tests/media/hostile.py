"""A corpus of files that people may send as photos, harmless and hostile, by the answer that each gets."""

import zlib
from io import BytesIO

from PIL import Image

from tests.media.pictures import declare, draw, draw_with_notes, encode, repeat_scan

HTML = b"<!doctype html><html><script>alert(1)</script></html>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def animate(kind: str) -> bytes:
    output, first = BytesIO(), Image.new("RGB", (30, 30), "red")
    more = [Image.new("RGB", (30, 30), color) for color in ("blue", "green")] * 20
    first.save(output, kind, save_all=True, append_images=more)
    return output.getvalue()


def turned(orientation: int) -> bytes:
    output, exif = BytesIO(), Image.Exif()
    exif[0x0112] = orientation
    Image.new("RGB", (40, 20), "red").save(output, "JPEG", exif=exif)
    return output.getvalue()


def comment(content: bytes) -> bytes:
    """Return a JPEG with a comment."""
    output = BytesIO()
    Image.new("RGB", (40, 20), "red").save(output, "JPEG", comment=content)
    return output.getvalue()


def zip_bomb_in_png() -> bytes:
    """Return a PNG whose text would take a gigabyte."""
    text = b"Comment\0\0" + zlib.compress(bytes(2**26))
    chunk = (
        len(text).to_bytes(4, "big")
        + b"zTXt"
        + text
        + zlib.crc32(b"zTXt" + text).to_bytes(4, "big")
    )
    png = draw("PNG", (40, 20))
    end_of_header = 33
    return png[:end_of_header] + chunk + png[end_of_header:]


def sixteen_bits() -> bytes:
    output = BytesIO()
    Image.new("I;16", (40, 20), 0x8000).save(output, "PNG")
    return output.getvalue()


def as_format(kind: str) -> bytes:
    return encode(kind, "RGB", 20)


ACCEPTED = {
    "JPEG": draw("JPEG", (40, 20)),
    "PNG": draw("PNG", (40, 20)),
    "WebP": draw("WEBP", (40, 20)),
    "HEIC": draw("HEIF", (40, 20)),
    "GIF": draw("GIF", (40, 20)),
    "CMYK": encode("JPEG", "CMYK", 40),
    "grey": encode("JPEG", "L", 40),
    "16 bits": sixteen_bits(),
    "palette": encode("PNG", "P", 40),
    "one pixel": encode("PNG", "RGB", 1),
    "a line": draw("PNG", (5000, 1)),
    "animated GIF": animate("GIF"),
    "animated WebP": animate("WEBP"),
    "animated PNG": animate("PNG"),
    "notes": draw_with_notes("JPEG"),
    "HTML in a comment": comment(HTML),
    "HTML behind a picture": draw("JPEG", (40, 20)) + HTML,
    "zip behind a picture": draw("GIF", (40, 20)) + b"PK\3\4" + b"private",
    "script in GIF": draw("GIF", (40, 20)) + b"*/=1;alert(1)//",
    **{f"orientation {each}": turned(each) for each in range(10)},
}
NOT_A_PHOTO = {
    "nothing": b"",
    "text": b"not a picture",
    "HTML": HTML,
    "HTML with a picture's first bytes": b"\xff\xd8\xff\xe0" + HTML,
    "script with a GIF's first bytes": b"GIF89a=1;alert(1)//",
    "SVG": SVG,
    "zip": b"PK\3\4" + bytes(60),
    "PDF": b"%PDF-1.7\n" + bytes(60),
    "truncated JPEG": draw("JPEG", (400, 200))[:400],
    "truncated PNG": draw("PNG", (400, 200))[:-200],
    "truncated WebP": draw("WEBP", (400, 200))[:60],
    "truncated HEIC": draw("HEIF", (400, 200))[:300],
    "zip bomb in a text": zip_bomb_in_png(),
    "BMP": as_format("BMP"),
    "TIFF": as_format("TIFF"),
    "AVIF": as_format("AVIF"),
    "ICO": as_format("ICO"),
}
TOO_LARGE = {
    "bomb": (declare(30_000, 30_000), "photo_too_many_pixels"),
    "a little more than 60 megapixels": (declare(8_000, 7_501), "photo_too_many_pixels"),
    "endless scans": (repeat_scan(1300), "photo_too_complex"),
    "a little more than 10 MB": (bytes(10 * 2**20 + 1), "photo_too_large"),
}
