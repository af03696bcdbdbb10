"""Additions to the generated API description."""

from typing import Any

ERROR_CODES = {
    "parse_error": "400: the body is not valid JSON.",
}


def describe_errors(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    return result
