"""Detects that a client has disconnected while its request waits."""

from typing import Any


class ClientGone(Exception):
    """The client disconnected before its request was processed."""


async def wait_until_gone(receive: Any) -> None:
    """Return when the client disconnects. Call this only after `receive` has returned the whole body."""
    await receive()
