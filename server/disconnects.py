"""Detects that a client has disconnected while its request waits."""

import asyncio
import select
from typing import Any

# The poll event that the other side of a socket sends no more. Only Linux has it.
CLOSED_BY_PEER: int = getattr(select, "POLLRDHUP", 0)
LOOK_SECONDS = 0.5
"""The interval at which a connection is checked while nothing is read from it."""


class ClientGone(Exception):
    """The client disconnected before its request was processed."""


async def wait_until_gone(receive: Any) -> None:
    """Return when the client disconnects. Call this only after `receive` has returned the whole body."""
    await receive()


async def wait_until_left(scope: Any) -> None:
    """
    Return when the client of a request disconnects, without reading the request's body.

    If a client has sent more data than fits in the system's buffers, its disconnect is noticed only when
    the body is read.
    """
    while not has_left(scope):  # noqa: ASYNC110 - a paused connection signals nothing
        await asyncio.sleep(LOOK_SECONDS)


def has_left(scope: Any) -> bool:
    """Return whether a client has disconnected. False if the server cannot tell: only ours can."""
    return bool(scope.get("has_left", bool)())


def is_closed_by_peer(transport: asyncio.BaseTransport) -> bool:
    """
    Return whether the client has closed its side of a connection.

    uvicorn pauses reading while a large body waits unread, and a paused connection does not tell the
    event loop that it was closed.
    """
    poll = select.poll()
    poll.register(transport.get_extra_info("socket").fileno(), CLOSED_BY_PEER)
    return bool(poll.poll(0))
