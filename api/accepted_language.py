"""
The language that the headers of a request ask for.

The server imports this module before the apps are ready, so it must not import DRF.
"""

from collections.abc import Iterable
from functools import lru_cache

from django.conf import settings
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header


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
