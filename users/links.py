"""
The links in e-mails.

What opens them stands behind the "#", which no browser sends to a server. Mail programs that check
links, such as Outlook with Safe Links, may send it all the same: as "%23", or as a query.
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
    Return the path, with its "#", of an e-mailed link that was asked for with its secrets in sight.

    None for every other path. It always leads to one of our own pages, and holds what is ours alone.
    """
    for _ in range(LAYERS):
        path = unquote(path)
    if not (found := REWRITTEN.fullmatch(path)):
        return None
    page, rest = found.groups()
    sent = dict(parse_qsl(rest.replace("?", "&").replace("#", "&")))
    secrets = {name: sent.get(name, "") for name in SECRETS[page]}
    return f"/{_join(page, secrets)}" if all(map(SECRET.fullmatch, secrets.values())) else None


def _join(page: str, secrets: dict[str, str]) -> str:
    return f"{page}#{urlencode(secrets)}"
