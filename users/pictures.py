"""Makes uploaded profile pictures safe to store and serve."""

from typing import IO

from django.utils.translation import gettext_lazy as _

from api.exceptions import FieldInvalid
from media.decoder import NotAPicture, TooLarge
from media.drawing import draw_anew

SIDE_PIXELS = 512
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF")
NOT_A_PICTURE = _(
    "This file is not a JPEG, PNG, WebP, GIF, HEIC or AVIF picture, or it is damaged."
)
TOO_LARGE = _("This picture is too large or too complex. Use one with fewer pixels.")


def clean_picture(file: IO[bytes]) -> bytes:
    """
    Return a picture as a new JPEG of at most 512 by 512 pixels.

    Drawing it anew removes the location and all other metadata. Raise FieldInvalid if the file is not a
    picture, or needs too much memory or time. Raise Busy if the system cannot start another process.
    """
    try:
        drawing = draw_anew(file, sides=(SIDE_PIXELS,), formats=FORMATS)
    except NotAPicture:
        raise FieldInvalid("profile_image", NOT_A_PICTURE) from None
    except TooLarge:
        raise FieldInvalid("profile_image", TOO_LARGE) from None
    return drawing.copies[0]
