"""The open sockets of this process."""

import asyncio
import random
import time
from collections.abc import Collection
from typing import Any, Protocol

from django.conf import settings

from live.access import Access
from live.close_codes import CloseCode, SocketRefused
from live.publisher import Event


class Socket(Protocol):
    """The interface of sockets for the registry, the listener and the reconciler."""

    is_evicted_last: bool
    """Whether other sockets of the user are evicted before this one."""
    active_at: float
    """The time of the client's last frame, including pings, by time.monotonic()."""

    @property
    def access(self) -> Access: ...

    def on_event(self, event: Event) -> None:
        """Handle an event of the user without blocking."""

    async def check_access(self) -> None:
        """Close the socket if its access has ended."""

    async def reconcile(self, actual: Any) -> None:
        """Send missing changes; `actual` is the newer state in the database."""

    def close_soon(self, code: CloseCode) -> None:
        """Close the socket after sending the queued frames."""


class SocketRegistry:
    """The open sockets of one event loop, grouped by user, with a limit per user."""

    def __init__(self) -> None:
        self._by_user: dict[int, set[Socket]] = {}
        # Sockets that are being closed, but whose clients have not received all frames.
        self._leaving: dict[int, set[Socket]] = {}
        self._evicted_at: dict[tuple[int, bool], float] = {}
        self._is_draining = False

    def add(self, socket: Socket) -> None:
        """
        Add a socket that is being opened.

        Raise SocketRefused while draining. Also raise it if the user has `SOCKETS_PER_USER_AT_MOST`
        sockets and none of them can be closed now, or `SOCKETS_PER_USER` that are still being closed. The
        sockets of an impersonation are counted apart from the user's own.
        """
        if self._is_draining:
            raise SocketRefused(CloseCode.RESTARTING)
        self._choose_evicted(socket)
        self._by_user.setdefault(socket.access.user_id, set()).add(socket)

    def make_room(self, socket: Socket) -> None:
        """
        Close another socket of the user if they now have more than `SOCKETS_PER_USER`.

        A socket calls this only after its user was found to have access to its content. Otherwise, refused
        attempts would close the user's other sockets. Raise SocketRefused as `add` does.
        """
        if evicted := self._choose_evicted(socket):
            access = socket.access
            self._evicted_at[access.user_id, access.impersonating] = time.monotonic()
            evicted.close_soon(CloseCode.TOO_MUCH)

    def _choose_evicted(self, newest: Socket) -> Socket | None:
        """
        Return the socket to close when the user opens `newest`, or None to close no socket.

        Choose the socket that has been idle longest. Choose one with `is_evicted_last` only if all have it.
        A user's sockets are evicted at least `SOCKET_EVICTION_SECONDS` apart. Without this pause, clients
        that reconnect at once would close each other's sockets forever. Between evictions, new sockets
        are accepted, up to `SOCKETS_PER_USER_AT_MOST`. At that limit, the chosen socket is closed without
        the pause if it has been idle for `SOCKET_EVICTION_SECONDS`. Otherwise, raise SocketRefused.
        """
        access = newest.access
        key = access.user_id, access.impersonating
        if len(_counted(self._leaving, access)) >= settings.SOCKETS_PER_USER:
            raise SocketRefused(CloseCode.TOO_MUCH)
        sockets = [each for each in _counted(self._by_user, access) if each is not newest]
        if len(sockets) < settings.SOCKETS_PER_USER:
            return None
        idlest = min(sockets, key=_eviction_order)
        latest = time.monotonic() - settings.SOCKET_EVICTION_SECONDS
        if self._evicted_at.get(key, latest) <= latest:
            return idlest
        if len(sockets) < settings.SOCKETS_PER_USER_AT_MOST:
            return None
        if idlest.active_at <= latest:
            return idlest
        raise SocketRefused(CloseCode.TOO_MUCH)

    def leave(self, socket: Socket) -> None:
        """Remove a registered socket that is being closed; count it until `remove`."""
        user_id = socket.access.user_id
        if socket in self._by_user.get(user_id, ()):
            self.remove(socket)
            self._leaving.setdefault(user_id, set()).add(socket)

    def remove(self, socket: Socket) -> None:
        """Remove a socket, if it is registered or being closed."""
        user_id = socket.access.user_id
        for found in (self._by_user, self._leaving):
            sockets = found.get(user_id, set())
            sockets.discard(socket)
            if not sockets:
                found.pop(user_id, None)
        if user_id not in self._by_user:
            self._evicted_at.pop((user_id, False), None)
            self._evicted_at.pop((user_id, True), None)

    def of_user(self, user_id: int) -> Collection[Socket]:
        return self._by_user.get(user_id, ())

    async def drain(self, seconds: float) -> None:
        """Refuse new sockets, and close each open one at a random moment within `seconds`."""
        self._is_draining = True
        sockets = [each for sockets in self._by_user.values() for each in sockets]
        await asyncio.gather(*(_close_within(seconds, socket) for socket in sockets))


def _counted(sockets: dict[int, set[Socket]], access: Access) -> list[Socket]:
    """Return the sockets that count towards the same limit as one with this access."""
    found = sockets.get(access.user_id, ())
    return [each for each in found if each.access.impersonating == access.impersonating]


def _eviction_order(socket: Socket) -> tuple[bool, float]:
    return socket.is_evicted_last, socket.active_at


async def _close_within(seconds: float, socket: Socket) -> None:
    await asyncio.sleep(random.uniform(0, seconds))  # noqa: S311 - not a secret
    socket.close_soon(CloseCode.RESTARTING)


open_sockets = SocketRegistry()
