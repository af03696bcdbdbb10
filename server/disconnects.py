"""Detects that a client has disconnected while its request waits."""

from typing import Any


class ClientGone(Exception):
    """The client disconnected before its request was processed."""


async def wait_until_gone(receive: Any) -> None:
    """Return when the client disconnects: after the body, `receive` returns only the disconnect event."""
    await receive()
