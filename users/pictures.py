"""Makes uploaded profile pictures safe to store, and tells whether they may be served."""

import re
from typing import IO

from django.utils.translation import gettext_lazy as _

from api.exceptions import FieldInvalid
from media.decoder import NotAPicture, TooLarge
from media.drawing import draw_anew
from users.models import User

FOLDER = "pictures"
NAME = re.compile(rf"{FOLDER}/([0-9]{{1,18}})/[0-9a-f]{{32}}\.jpg")
# Pictures that an earlier release has stored. Its links have no signature, but names that nobody can guess.
OLD_FOLDER = "profiles"
OLD_NAME = re.compile(rf"{OLD_FOLDER}/\w+\.\w+")
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


def is_current(name: str) -> bool:
    """Return whether a file is a person's present picture; the erasure of an account ends that at once."""
    found = NAME.fullmatch(name)
    return found is not None and User.objects.filter(pk=found[1], profile_image=name).exists()


def is_old_name(name: str) -> bool:
    """Return whether an earlier release has stored a picture under this name."""
    return bool(OLD_NAME.fullmatch(name))
