"""Uploaded pictures, made harmless."""

from io import BytesIO
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

from users.exceptions import FieldInvalid

SIDE_PIXELS = 512
MAX_PIXELS = 40_000_000


def clean_picture(file: IO[bytes]) -> bytes:
    """
    Return a picture as a JPEG of at most 512 by 512 pixels, drawn anew; raise FieldInvalid.

    Drawing it anew leaves behind the place where a photo was taken, and whatever else was in the file.
    """
    try:
        image: Image.Image = Image.open(file, formats=("JPEG", "PNG", "WEBP", "GIF"))
        if image.width * image.height > MAX_PIXELS:
            raise FieldInvalid("profile_image", "This picture has too many pixels.")
        image = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise FieldInvalid("profile_image", "This file is not a picture.") from None
    image.thumbnail((SIDE_PIXELS, SIDE_PIXELS))
    output = BytesIO()
    image.save(output, "JPEG", quality=85)
    return output.getvalue()
