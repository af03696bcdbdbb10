"""
Signed links to stored files, which need no token.

A link is the same string on each read for a day, and valid for one to two days. Whoever has it can read the
file in that time, as long as the file is there and its guard lets it out (see `media.serving`).
"""

import hmac
import time
from base64 import urlsafe_b64encode
from functools import cache

from django.conf import settings
from django.http import QueryDict

DAY = 24 * 60 * 60
PURPOSE = b"media.links"
SIGNATURE_BYTES = 18
MAX_DIGITS = 12


def link_to(name: str, *, since: int = 0) -> str:
    """
    Return an absolute link to a stored file.

    The link changes once a day, at the time of day of `since`, in seconds since the epoch. With the time
    when the file was stored, not all links change at midnight.
    """
    days = (int(time.time()) - since) // DAY
    until = since + (days + 2) * DAY
    return f"{settings.PUBLIC_URL}{settings.MEDIA_URL}{name}?until={until}&key={_sign(name, until)}"


def is_signed(name: str, query: QueryDict) -> bool:
    """Return whether these query parameters are those of a link to this file, and still valid."""
    until, key = query.get("until", ""), query.get("key", "")
    if not (until.isascii() and until.isdigit() and len(until) <= MAX_DIGITS):
        return False
    expected = _sign(name, int(until))
    return hmac.compare_digest(
        expected.encode(), key.encode(errors="replace")
    ) and time.time() < int(until)


def _sign(name: str, until: int) -> str:
    text = f"{name}\n{until}".encode(errors="replace")
    digest = hmac.digest(_signing_key(settings.SECRET_KEY), text, "sha256")
    return urlsafe_b64encode(digest[:SIGNATURE_BYTES]).decode()


@cache
def _signing_key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), PURPOSE, "sha256")
