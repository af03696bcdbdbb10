"""What sessions and devices store of the program that a request came from."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from api.languages import language_of
from api.networks import read_address
from users.browsers import clean_user_agent
from users.known_browsers import cookie_name


@dataclass(frozen=True)
class ClientInfo:
    """
    A network address, or None if it is unknown, and the beginning of a User-Agent header.

    `language` is the supported one of the Accept-Language header, or "" without such a header.

    The cookie of `users.known_browsers` is not stored.
    """

    address: str | None = None
    user_agent: str = ""
    language: str = ""
    browser_cookie: str = ""

    @property
    def known(self) -> dict[str, Any]:
        """Return what is known, as values of columns."""
        columns = {"address": self.address, "user_agent": self.user_agent}
        return {name: value for name, value in columns.items() if value}


UNKNOWN_CLIENT = ClientInfo()


def client_of(request: HttpRequest | Request) -> ClientInfo:
    return ClientInfo(
        address=read_address(request.META.get("REMOTE_ADDR", "")),
        user_agent=clean_user_agent(request.META.get("HTTP_USER_AGENT", "")),
        language=language_of(request) if "HTTP_ACCEPT_LANGUAGE" in request.META else "",
        browser_cookie=request.COOKIES.get(cookie_name(), ""),
    )
