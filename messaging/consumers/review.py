"""
Holds the open sockets of this process against the database, all of them within a second or so.

The channel layer may lose any event: a message, the end of somebody's access. So each socket writes
down where it is, and the database answers with what differs: nothing which matters depends on the
layer, and an idle socket costs one row of a parameter and no task.
"""

import asyncio
import logging
import time
from itertools import count
from typing import Any, Protocol

from django.conf import settings
from django.db import Error as DatabaseError

from messaging.consumers.bell import bell
from messaging.consumers.errands import errands
from messaging.consumers.roll import Columns, Compare, Roll
from messaging.consumers.sockets import Socket
from messaging.consumers.threads import in_thread
from users.selectors import list_ended

logger = logging.getLogger(__name__)


class Reviewed(Socket, Protocol):
    """A socket that says where it is."""

    @property
    def compare(self) -> Compare:
        """What finds out whether sockets of this kind lack something."""

    @property
    def position(self) -> tuple[int, ...]:
        """How far it is, as `compare` takes it."""


class Review:
    """Asks about the sockets that have been noted, a slice at a time; it serves one event loop."""

    def __init__(self) -> None:
        self._sockets: dict[int, Reviewed] = {}
        self._keys: dict[Reviewed, int] = {}
        self._new_keys = count(1)
        self._rolls: dict[Compare, Roll] = {}
        self._going: asyncio.Task[None] | None = None

    def note(self, socket: Reviewed) -> None:
        """
        Write down where a socket is: from now on it is reviewed, and whoever moves is noted again.

        One that is still opening is not noted: what it may see has not been looked up yet.
        """
        key = self._keys.get(socket) or self._add(socket)
        roll = self._rolls.setdefault(socket.compare, Roll(socket.compare))
        claims = socket.claims
        access = (claims.user_id, claims.session_id or 0, int(claims.expires_at))
        roll.write((key, *access, *socket.position))

    def _add(self, socket: Reviewed) -> int:
        key = self._keys[socket] = next(self._new_keys)
        self._sockets[key] = socket
        if self._going is None or self._going.done():
            self._going = asyncio.create_task(self._go_round())
        return key

    def forget(self, socket: Reviewed) -> None:
        if key := self._keys.pop(socket, None):
            del self._sockets[key]
            self._rolls[socket.compare].erase(key)

    async def _go_round(self) -> None:
        """Ask about one slice after the other, spread over the interval, while there are sockets."""
        while turns := [(roll, start) for roll in self._rolls.values() for start in roll.starts()]:
            errands.begin(bell.join_again)
            for roll, start in turns:
                await self._try_review(roll.compare, roll.read(start))
                await asyncio.sleep(settings.SOCKET_REVIEW_SECONDS / len(turns))

    async def _try_review(self, compare: Compare, rows: Columns) -> None:
        try:
            await self.review(compare, rows)
        except DatabaseError as error:
            logger.warning("The database is away, sockets are not reviewed: %s", error)
        except Exception:
            logger.exception("A review of the open sockets failed.")

    async def review(self, compare: Compare, rows: Columns) -> None:
        """Hold rows against the database, and begin what follows from it."""
        ended, stands = await in_thread(_ask, compare, rows)
        for key in ended & self._sockets.keys():
            # Which asks once more: its token may have been renewed meanwhile.
            errands.begin(self._sockets[key].check_access)
        for key in stands.keys() & self._sockets.keys():
            errands.begin(self._sockets[key].catch_up_with, stands[key])


def _ask(compare: Compare, rows: Columns) -> tuple[set[int], dict[int, Any]]:
    """Return the keys of those whose access has ended, and how things stand that differ."""
    keys, user_ids, session_ids, expiries, *position = rows
    now = time.time()
    expired = {key for key, expiry in zip(keys, expiries, strict=True) if expiry <= now}
    ended = expired | list_ended(keys, user_ids, session_ids)
    return ended, compare(keys, user_ids, *position)


review = Review()
