"""Limits the number of admin forms that hash passwords at the same time."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from api.errors import Busy
from server.body_limits import read_body
from server.disconnects import ClientGone, wait_until_gone
from server.responses import refuse, send_response

logger = logging.getLogger(__name__)

BUSY_TEXT = _(
    "The server is busy, so your form was not submitted. Wait a few seconds, then reload this page."
)
RETRY_AFTER = (b"retry-after", b"%d" % Busy.wait)


class FewPasswordForms:
    """
    Limits the number of forms that hash passwords at the same time.

    `PASSWORD_THREADS` forms are processed at the same time, and `PASSWORD_QUEUE` may wait. Further forms
    get 503.

    Django's handler starts a thread per request. Each thread uses one of the database connections that
    the admin, sockets and background work share: six by default. The body of a form is read before
    the form is queued, so a slow client delays nobody else.
    """

    def __init__(self, app: Any) -> None:
        self.app = app
        self._running = asyncio.Semaphore(settings.PASSWORD_THREADS)
        self._limit = settings.PASSWORD_THREADS + settings.PASSWORD_QUEUE
        self._pending = 0
        self._paths = (reverse("admin:login"), reverse("admin:password_change"))
        self._people = reverse("admin:users_user_changelist")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self._hashes(scope):
            await self._serve(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _hashes(self, scope: Any) -> bool:
        """Return whether a request posts an admin form that may hash a password, such as the sign-in."""
        path = scope["path"]
        is_form = path in self._paths or path.startswith(self._people)
        return bool(scope["method"] == "POST" and is_form)

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        """Read a form, wait for its turn, and process it, unless the client has disconnected by then."""
        try:
            body = await read_body(receive)
            if self._pending >= self._limit:
                logger.warning(
                    "503 POST %s: %s forms with passwords run or wait.", scope["path"], self._limit
                )
                busy = (Busy.status_code, BUSY_TEXT, Busy.default_code, RETRY_AFTER)
                await send_response(send, refuse(*busy, path=scope["path"]))
                return
            async with self._turn(receive):
                await self.app(scope, _replay_body(body, receive), send)
        except ClientGone:
            return

    @asynccontextmanager
    async def _turn(self, receive: Any) -> AsyncIterator[None]:
        """Wait for a turn and hold it; raise ClientGone if the client disconnects while waiting."""
        self._pending += 1
        disconnect = asyncio.create_task(wait_until_gone(receive))
        try:
            async with self._running:
                if disconnect.done():
                    raise ClientGone
                disconnect.cancel()  # from here on Django watches for disconnects
                yield
        finally:
            disconnect.cancel()
            self._pending -= 1


def _replay_body(body: bytes, receive: Any) -> Any:
    """Return a `receive` function that first returns the body, which has already been read."""
    first = [{"type": "http.request", "body": body}]

    async def replay() -> Any:
        return first.pop() if first else await receive()

    return replay
