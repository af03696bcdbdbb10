"""
The links in e-mails.

Their secrets are in the fragment, which browsers do not send to a server. Mail programs that check
links, such as Outlook with Safe Links, can turn the "#" into "%23" or a query, and so send them.
"""

import re
from urllib.parse import parse_qsl, unquote, urlencode

from django.conf import settings

# What stands behind the "#", by the page that reads it.
SECRETS = {"join": ("code",), "reset-password": ("uid", "token")}
# Letters of base64url: none that any program would write otherwise.
SECRET = re.compile(r"[\w-]{1,200}", re.ASCII)
REWRITTEN = re.compile(r"/(join|reset-password)/?[#?]+(.*)", re.DOTALL)
# Each program on the way may have encoded the link once more.
LAYERS = 4


def make_link(page: str, **secrets: str) -> str:
    """Return the link for an e-mail that leads to one of our pages."""
    return f"{settings.PUBLIC_URL}/{_join(page, secrets)}"


def restore_link(path: str) -> str | None:
    """
    Return the original path and fragment of a link whose "#" was rewritten; None for other paths.

    The result always leads to one of our own pages, with its known parameters and no others.
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
