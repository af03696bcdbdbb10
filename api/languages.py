"""
The language of what people read: errors, pages, emails, notifications.

English is in the code. A user's own choice comes first, then the `Accept-Language` header of the request.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from rest_framework.request import Request

from api.accepted_language import choose_language

# The browser client stores its user's choice in it, for the page that loads the client.
COOKIE = "language"
ADMIN = "/admin/"


def is_supported(code: str | None) -> bool:
    """Return whether there are texts in this language."""
    return code in dict(settings.LANGUAGES)


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
        language = language_of_page(request)
        with translation.override(language):
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    return respond


def speak_language_of_account(
    get_response: Callable[[Any], HttpResponseBase],
) -> Callable[[Any], HttpResponseBase]:
    """Answer with a page of the admin in the language that the signed-in person has chosen, if any."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        chosen = _chosen_by_account(request) if request.path_info.startswith(ADMIN) else None
        if not chosen:
            return get_response(request)
        with translation.override(chosen):
            response = get_response(request)
        response.headers["Content-Language"] = chosen
        return response

    return respond


def _chosen_by_account(request: HttpRequest) -> str | None:
    chosen = getattr(request.user, "language", None)
    return chosen if is_supported(chosen) else None


def language_of_page(request: HttpRequest) -> str:
    """Return the language of the client's cookie, else of the request."""
    chosen = request.COOKIES.get(COOKIE)
    return chosen if chosen and is_supported(chosen) else language_of(request)
