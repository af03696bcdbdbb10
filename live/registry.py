"""The open sockets of this process."""

import asyncio
import random
import time
from collections.abc import Collection
from typing import Any, Protocol

from django.conf import settings

from live.access import Access
from live.close_codes import CloseCode, Refused
from live.publisher import Event


class Socket(Protocol):
    """An open socket, as far as those are concerned who look after all of them."""

    is_inbox: bool
    active_at: float
    """When its client last sent a frame, a ping included; time.monotonic()."""

    @property
    def access(self) -> Access:
        """What its token grants."""

    def hear(self, event: Event) -> None:
        """Take an event of its user; without waiting for anything."""

    async def check_access(self) -> None:
        """Close if its access has ended."""

    async def catch_up_with(self, stands: Any) -> None:
        """Send what is missing, for the database stands otherwise."""

    def end(self, code: CloseCode) -> None:
        """Close, after what waits to be sent."""


class OpenSockets:
    """Who has which sockets open; it serves one event loop."""

    def __init__(self) -> None:
        self._of_user: dict[int, set[Socket]] = {}
        self._evicted_at: dict[int, float] = {}
        self._is_draining = False

    def admit(self, socket: Socket) -> None:
        """
        Add a socket; past `SOCKETS_PER_USER` close the one of its user that has been idle longest.

        Raises Refused when shutting down, and when there are far too many and all are in use.
        """
        if self._is_draining:
            raise Refused(CloseCode.RESTARTING)
        user_id = socket.access.user_id
        evicted = self._choose_evicted(user_id)
        self._of_user.setdefault(user_id, set()).add(socket)
        if evicted:
            self._evicted_at[user_id] = time.monotonic()
            evicted.end(CloseCode.TOO_MUCH)

    def _choose_evicted(self, user_id: int) -> Socket | None:
        """
        Return the socket to close for a new one, or None if there is room. Raises Refused.

        Past `SOCKETS_PER_USER`, close the idlest, but at most one a minute: clients that reconnect at
        once would otherwise close each other's sockets forever. Until then more are let in, up to
        `SOCKETS_PER_USER_AT_MOST`. At that limit, close the idlest if it has been idle for a minute.
        """
        sockets = self.of(user_id)
        if len(sockets) < settings.SOCKETS_PER_USER:
            return None
        idle = min(sockets, key=_by_use)
        latest = time.monotonic() - settings.SOCKET_EVICTION_SECONDS
        if self._evicted_at.get(user_id, latest) <= latest:
            return idle
        if len(sockets) < settings.SOCKETS_PER_USER_AT_MOST:
            return None
        if idle.active_at <= latest:
            return idle
        raise Refused(CloseCode.TOO_MUCH)

    def discard(self, socket: Socket) -> None:
        user_id = socket.access.user_id
        sockets = self._of_user.get(user_id, set())
        sockets.discard(socket)
        if not sockets:
            self._of_user.pop(user_id, None)
            self._evicted_at.pop(user_id, None)

    def of(self, user_id: int) -> Collection[Socket]:
        return self._of_user.get(user_id, ())

    async def drain(self, seconds: float) -> None:
        """Let no more sockets in, and close the open ones, each at a random moment within a time."""
        self._is_draining = True
        sockets = [each for sockets in self._of_user.values() for each in sockets]
        await asyncio.gather(*(_end_within(seconds, socket) for socket in sockets))


def _by_use(socket: Socket) -> tuple[bool, float]:
    """Sort by when a client last used a socket; inboxes last, as a device has nothing in their place."""
    return socket.is_inbox, socket.active_at


async def _end_within(seconds: float, socket: Socket) -> None:
    await asyncio.sleep(random.uniform(0, seconds))  # noqa: S311 - it keeps no secret
    socket.end(CloseCode.RESTARTING)


open_sockets = OpenSockets()
