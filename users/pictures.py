"""Makes uploaded pictures safe to store and serve."""

import logging
import os
import subprocess
import sys
from typing import IO

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from api.errors import Busy
from api.exceptions import FieldInvalid
from users import picture_decoder
from users.picture_decoder import Outcome

logger = logging.getLogger(__name__)

# The decoder ends itself after CPU_SECONDS. A busy machine may give it only a third of a core.
WAIT_SECONDS = 3 * picture_decoder.CPU_SECONDS
# Where some builds of Python find their libraries. The decoder gets no other variable, such as a secret.
KEPT_VARIABLE = "LD_LIBRARY_PATH"
NOT_A_PICTURE = _(
    "This file is not a JPEG, PNG, WebP, GIF, HEIC or AVIF picture, or it is damaged."
)
TOO_LARGE = _("This picture is too large or too complex. Use one with fewer pixels.")


def clean_picture(file: IO[bytes]) -> bytes:
    """
    Return a picture as a new JPEG of at most 512 by 512 pixels.

    Re-encoding removes the location and all other metadata. A process of its own decodes the picture,
    with at most `PICTURE_MEMORY_MB` of memory, so that no picture can stop the web process. Raise
    FieldInvalid if the file is not a picture, or needs more memory or time. Raise Busy if the system
    cannot start another process.
    """
    file.seek(0)
    try:
        outcome, picture = _decode(file.read())
    except subprocess.TimeoutExpired:
        outcome, picture = Outcome.TOO_LARGE, b""
    except OSError as error:
        logger.warning("No process could be started for a picture: %s", error)
        raise Busy from None
    if outcome == Outcome.DONE:
        return picture
    detail = NOT_A_PICTURE if outcome == Outcome.NOT_A_PICTURE else TOO_LARGE
    raise FieldInvalid("profile_image", detail)


def _decode(content: bytes) -> tuple[int, bytes]:
    """Run the decoder; return its exit code and the JPEG. The code is negative if a signal ended it."""
    ended = subprocess.run(  # noqa: S603 - the command has nothing from the request
        [sys.executable, "-I", picture_decoder.__file__, str(settings.PICTURE_MEMORY_MB * 2**20)],
        input=content,
        capture_output=True,
        env={KEPT_VARIABLE: os.environ.get(KEPT_VARIABLE, "")},
        timeout=WAIT_SECONDS,
        check=False,
    )
    if ended.returncode not in list(Outcome):
        reason = ended.stderr[-500:].decode(errors="replace")
        logger.warning("The decoder of a picture ended with %s: %s", ended.returncode, reason)
    return ended.returncode, ended.stdout
