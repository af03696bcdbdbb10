"""Encodes and parses frames: JSON objects in text messages."""

from typing import Any

from rest_framework.exceptions import ParseError

from api.formats import encode_json, parse_json

Frame = dict[str, Any]


def encode(frame: Frame) -> str:
    """Return a frame as JSON text."""
    return encode_json(frame).decode()


def parse(text: str | None) -> Frame | None:
    """Return the frame in `text`, or None if the message is binary or not a JSON object."""
    try:
        frame = parse_json(text or "")
    except ParseError:
        return None
    return frame if isinstance(frame, dict) else None


def error(detail: str, code: str) -> str:
    """Return an error frame; `code` is part of the contract with clients."""
    return encode({"type": "error", "detail": detail, "code": code})
