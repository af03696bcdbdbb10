"""
Links in emails.

Their secrets are in the fragment, which browsers do not send to servers. But mail programs that check
links, such as Outlook with Safe Links, may turn the "#" into "%23" or "?". Browsers then send the
secrets to the server.
"""

import re
from urllib.parse import parse_qsl, unquote, urlencode

from django.conf import settings

# The parameters after "#", by page.
SECRETS = {"join": ("code",), "reset-password": ("uid", "token")}
# The characters of base64url, which no program escapes.
SECRET = re.compile(r"[\w-]{1,200}", re.ASCII)
REWRITTEN = re.compile(r"/(join|reset-password)/?[#?]+(.*)", re.DOTALL)
# Each program on the way may have percent-encoded the link again.
LAYERS = 4


def make_link(page: str, **secrets: str) -> str:
    """Return a link to one of our pages, for an email."""
    return f"{settings.PUBLIC_URL}/{_join(page, secrets)}"


def restore_link(path: str) -> str | None:
    """
    Return the original path and fragment of a link whose "#" a mail program rewrote.

    The result always leads to one of our pages, with exactly the parameters in `SECRETS`. Return None
    for other paths, or if one of these parameters is missing or malformed.
    """
    for _ in range(LAYERS):
        path = unquote(path)
    if not (found := REWRITTEN.fullmatch(path)):
        return None
    page, rest = found.groups()
    sent = dict(parse_qsl(re.sub("&amp;|[?#]", "&", rest)))
    secrets = {name: sent.get(name, "") for name in SECRETS[page]}
    return f"/{_join(page, secrets)}" if all(map(SECRET.fullmatch, secrets.values())) else None


def _join(page: str, secrets: dict[str, str]) -> str:
    return f"{page}#{urlencode(secrets)}"
