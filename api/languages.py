"""
The language of what people read: errors, pages, emails, notifications.

English is in the code. A user's own choice comes first, then the `Accept-Language` header of the request.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework.request import Request

# The browser client stores its user's choice in it, for the page that loads the client.
COOKIE = "language"


def is_supported(code: str | None) -> bool:
    """Return whether there are texts in this language."""
    return code in dict(settings.LANGUAGES)


@lru_cache(maxsize=1000)
def choose_language(accepted: str) -> str:
    """Return the first supported language of an `Accept-Language` header; else English."""
    for tag, _quality in parse_accept_lang_header(accepted.lower()[:500]):
        try:
            return get_supported_language_variant(tag)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def language_of_headers(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the language of an ASGI scope's headers."""
    accepted = next((value for name, value in headers if name == b"accept-language"), b"")
    return choose_language(accepted.decode("latin-1"))


def language_of(request: HttpRequest | Request) -> str:
    return choose_language(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))


def speak(language: str | None) -> None:
    """Use a language from now on in this request or socket; None changes nothing."""
    if language and is_supported(language):
        translation.activate(language)


def speak_accepted_language(
    get_response: Callable[[Any], HttpResponseBase],
) -> Callable[[Any], HttpResponseBase]:
    """
    Answer the API in the language of the request; authentication changes it to the user's.

    English needs no activation, which would cost each request as much as a middleware.
    """

    def respond(request: Any) -> HttpResponseBase:
        language = language_of(request)
        if language != settings.LANGUAGE_CODE:
            translation.activate(language)
        try:
            return get_response(request)
        finally:
            translation.deactivate()

    return respond


def speak_language_of_page(
    get_response: Callable[[Any], HttpResponseBase],
) -> Callable[[Any], HttpResponseBase]:
    """Answer with a page in the language of the client's cookie, else of the request."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        with translation.override(_language_of_page(request)):
            return get_response(request)

    return respond


def _language_of_page(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(COOKIE)
    return chosen if chosen and is_supported(chosen) else language_of(request)
