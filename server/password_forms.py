"""Limits the number of admin forms that hash passwords at the same time."""

import logging
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from api.errors import Busy
from server.body_limits import read_body
from server.client_address import client_network
from server.disconnects import ClientGone
from server.lanes import LaneFull
from server.responses import refuse, send_response
from server.slots import Slots

logger = logging.getLogger(__name__)

BUSY_TEXT = _(
    "The server is busy, so your form was not submitted. Wait a few seconds, then reload this page."
)
RETRY_AFTER = (b"retry-after", b"%d" % Busy.wait)


class FewPasswordForms:
    """
    Limits the number of forms that hash passwords at the same time.

    They share their slots with the API's requests that hash passwords, see `make_password_slots`. Beyond
    these, forms get 503.

    Django's handler starts a thread per request. Each thread uses one of the database connections that
    the admin, sockets and background work share: six by default. The body of a form is read before
    the form is queued, so a slow client delays nobody else.
    """

    def __init__(self, app: Any, slots: Slots) -> None:
        self.app, self._slots = app, slots
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
            async with self._slots.hold(client_network(scope), receive):
                await self.app(scope, _replay_body(body, receive), send)
        except ClientGone:
            return
        except LaneFull as full:
            logger.warning("503 POST %s: %s", scope["path"], full)
            busy = (Busy.status_code, BUSY_TEXT, Busy.default_code, RETRY_AFTER)
            answer = refuse(*busy, path=scope["path"], request_headers=scope["headers"])
            await send_response(send, answer)


def _replay_body(body: bytes, receive: Any) -> Any:
    """Return a `receive` function that first returns the body, which has already been read."""
    first = [{"type": "http.request", "body": body}]

    async def replay() -> Any:
        return first.pop() if first else await receive()

    return replay
