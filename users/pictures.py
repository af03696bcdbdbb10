"""Uploaded pictures, made harmless."""

from io import BytesIO
from typing import IO

from PIL import Image, ImageOps

from users.exceptions import FieldInvalid

SIDE_PIXELS = 512
MAX_PIXELS = 40_000_000


def clean_picture(file: IO[bytes]) -> bytes:
    """
    Return a picture as a JPEG of at most 512 by 512 pixels, drawn anew; raise FieldInvalid.

    Drawing it anew leaves behind the place where a photo was taken, and whatever else was in the file.
    """
    image = _decode(file)
    image.thumbnail((SIDE_PIXELS, SIDE_PIXELS))
    output = BytesIO()
    image.save(output, "JPEG", quality=85)
    return output.getvalue()


def _decode(file: IO[bytes]) -> Image.Image:
    """Read a picture, upright, of at most `MAX_PIXELS`: a small file can unfold to gigabytes."""
    try:
        image: Image.Image = Image.open(file, formats=("JPEG", "PNG", "WEBP", "GIF"))
        is_too_large = image.width * image.height > MAX_PIXELS
        if not is_too_large:
            image = ImageOps.exif_transpose(image).convert("RGB")
    except Exception:  # noqa: BLE001 - decoders fail in many ways, a TypeError for broken Exif among them
        raise FieldInvalid("profile_image", "This file is not a picture.") from None
    if is_too_large:
        raise FieldInvalid("profile_image", "This picture has too many pixels.")
    return image
