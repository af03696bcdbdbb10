"""Limits how many admin forms that hash a password run at a time."""

import asyncio
from typing import Any

import orjson
from django.conf import settings
from django.urls import reverse

from api.errors import Busy
from server.limits import read_body

BUSY = orjson.dumps({"detail": str(Busy.default_detail), "code": Busy.default_code})


class FewPasswordForms:
    """
    Run `PASSWORD_THREADS` of these forms at a time, let `PASSWORD_QUEUE` wait, answer 503 to more.

    Django's handler starts a thread for each request, and each takes one of the six connections that
    sockets need too. The body is read before the form waits, so a slow client delays nobody else.
    """

    def __init__(self, app: Any) -> None:
        self.app = app
        self._running = asyncio.Semaphore(settings.PASSWORD_THREADS)
        self._most = settings.PASSWORD_THREADS + settings.PASSWORD_QUEUE
        self._pending = 0
        self._paths = (reverse("admin:login"), reverse("admin:password_change"))
        self._people = reverse("admin:users_user_changelist")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if not self._hashes(scope):
            await self.app(scope, receive, send)
        elif (body := await read_body(receive)) is not None:
            await self._take(scope, _again(body, receive), send)

    def _hashes(self, scope: Any) -> bool:
        """Tell whether a request signs in, or writes a person, which may set a password."""
        path = scope["path"]
        is_form = path in self._paths or path.startswith(self._people)
        return bool(scope["method"] == "POST" and is_form)

    async def _take(self, scope: Any, receive: Any, send: Any) -> None:
        if self._pending >= self._most:
            await _refuse(send)
            return
        self._pending += 1
        try:
            async with self._running:
                await self.app(scope, receive, send)
        finally:
            self._pending -= 1


def _again(body: bytes, receive: Any) -> Any:
    """Return what receives a body that has been read, and then what comes after it."""
    first = [{"type": "http.request", "body": body}]

    async def receive_again() -> Any:
        return first.pop() if first else await receive()

    return receive_again


async def _refuse(send: Any) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(BUSY)),
        (b"retry-after", b"%d" % Busy.wait),
    ]
    await send({"type": "http.response.start", "status": Busy.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": BUSY})
