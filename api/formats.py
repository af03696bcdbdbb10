"""JSON of REST requests and responses."""

from datetime import datetime
from typing import Any

import orjson
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer

# Valid requests nest lists and objects only a few levels deep.
MAX_JSON_LEVELS = 32
TAKES_JSON = frozenset({"*/*", "application/json", "application/json, */*"})


class RequestTooLarge(exceptions.APIException):
    status_code = 413
    default_code = "request_too_large"
    default_detail = _("The request is too large.")


class StrictJSONParser(BaseParser):
    """
    Parses strict JSON of at most `MAX_JSON_BODY_BYTES`.

    Python's parser accepts lone surrogates and NaN, which would cause server errors later, and fails
    with a server error if the input is deeply nested. orjson rejects all of these.
    """

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        body = stream.read(settings.MAX_JSON_BODY_BYTES + 1)
        if len(body) > settings.MAX_JSON_BODY_BYTES:
            raise RequestTooLarge
        return parse_json(body)


def parse_json(text: bytes | str) -> Any:
    """
    Parse strict JSON; raise ParseError if it is malformed, or has more than `MAX_JSON_LEVELS` levels.

    Validators put a value's `repr()` into their errors, which fails for a list of a thousand levels.
    """
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        text = _("This is not valid JSON: %(error)s.") % {"error": error}
        raise exceptions.ParseError(text) from error
    if _is_deeper(data, MAX_JSON_LEVELS):
        raise exceptions.ParseError(_("This JSON has too many levels."))
    return data


def _is_deeper(data: Any, levels: int) -> bool:
    if not isinstance(data, (dict, list)):
        return False
    inner = data.values() if isinstance(data, dict) else data
    return levels == 0 or any(_is_deeper(each, levels - 1) for each in inner)


class FastJSONRenderer(JSONRenderer):
    """Renders JSON with orjson, about nine times as fast as DRF's renderer."""

    def render(self, data: Any, media_type: Any = None, context: Any = None) -> bytes:
        return b"" if data is None else encode_json(data)


class OneFormat(DefaultContentNegotiation):
    """DRF's content negotiation, with a fast path for clients that accept a view's only format."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        if len(renderers) == 1 and request.META.get("HTTP_ACCEPT", "*/*") in TAKES_JSON:
            return renderers[0], renderers[0].media_type
        return super().select_renderer(request, renderers, format_suffix)


def utc(moment: Any) -> str | None:
    """Return a time in the format for clients: ISO 8601 in UTC, with microseconds and `Z`."""
    # Times are in UTC, so the offset can be cut off. This takes a quarter of the time of strftime().
    return f"{moment.isoformat(timespec='microseconds')[:26]}Z" if moment else None


def wire_time(moment: datetime | None) -> datetime | str | None:
    """
    Return a time as a value that `encode_json` writes in the format for clients.

    orjson formats a datetime ten times as fast as `utc()`, but omits the microseconds if they are zero.
    So `utc()` formats only those times, and orjson formats the rest.
    """
    return moment if moment is None or moment.microsecond else utc(moment)


def encode_json(data: Any) -> bytes:
    """Encode data as JSON. Times must be in UTC, and converted with `wire_time`."""
    return orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z)
