"""Notices that a client went away while its request waits."""

from typing import Any


class ClientGone(Exception):
    """The client closed its connection before anything was done for it."""


async def wait_until_gone(receive: Any) -> None:
    """Return when the client has closed its connection. The body has to have been read before."""
    while (await receive())["type"] != "http.disconnect":
        pass
