"""Ends connections whose clients do not read."""

import asyncio

from django.conf import settings


class UnreadWatch:
    """
    Aborts a connection whose client reads nothing for `SOCKET_STALL_SECONDS`, once the watch is started.

    Unsent data is dropped. Without this, such a connection, its responses and the requests that wait on
    it would stay in memory for as long as the client likes.
    """

    def __init__(self, transport: asyncio.WriteTransport) -> None:
        self._transport = transport
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Start watching, unless already started."""
        if self._timer is None:
            self._wait()

    def stop(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _wait(self) -> None:
        unsent, loop = self._transport.get_write_buffer_size(), asyncio.get_running_loop()
        self._timer = loop.call_later(settings.SOCKET_STALL_SECONDS, self._check, unsent)

    def _check(self, unsent: int) -> None:
        """Abort the connection, unless fewer than `unsent` bytes are left to send."""
        if self._transport.get_write_buffer_size() < unsent:
            self._wait()
        else:
            self._transport.abort()
