"""The open sockets of this process."""

import asyncio
import random
from collections.abc import Collection
from typing import Any, Protocol

from django.conf import settings

from messaging.consumers.codes import CloseCode, Refused
from users.publisher import Event
from users.tokens import Claims


class Socket(Protocol):
    """An open socket, as far as those are concerned who look after all of them."""

    claims: Claims

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
        self._is_draining = False

    def admit(self, socket: Socket) -> None:
        """Add a socket; raise Refused past `SOCKETS_PER_USER` of one user, or when shutting down."""
        if self._is_draining:
            raise Refused(CloseCode.RESTARTING)
        sockets = self._of_user.setdefault(socket.claims.user_id, set())
        if len(sockets) >= settings.SOCKETS_PER_USER:
            raise Refused(CloseCode.TOO_MUCH)
        sockets.add(socket)

    def discard(self, socket: Socket) -> None:
        sockets = self._of_user.get(socket.claims.user_id, set())
        sockets.discard(socket)
        if not sockets:
            self._of_user.pop(socket.claims.user_id, None)

    def of(self, user_id: int) -> Collection[Socket]:
        return self._of_user.get(user_id, ())

    async def drain(self, seconds: float) -> None:
        """Let no more sockets in, and close the open ones, each at a random moment within a time."""
        self._is_draining = True
        sockets = [each for sockets in self._of_user.values() for each in sockets]
        await asyncio.gather(*(_end_within(seconds, socket) for socket in sockets))


async def _end_within(seconds: float, socket: Socket) -> None:
    await asyncio.sleep(random.uniform(0, seconds))  # noqa: S311 - it keeps no secret
    socket.end(CloseCode.RESTARTING)


open_sockets = OpenSockets()
