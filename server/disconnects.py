"""Detects that a client has disconnected while its request waits."""

from typing import Any


class ClientGone(Exception):
    """The client disconnected before its request was processed."""


async def wait_until_gone(receive: Any) -> None:
    """Return when the client disconnects. The request's body must have been read completely."""
    while (await receive())["type"] != "http.disconnect":
        pass
