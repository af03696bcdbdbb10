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
from typing import Any, ClassVar, Protocol

from django.conf import settings
from django.db import Error as DatabaseError

from live.access import Authenticator
from live.listener import bell
from live.position_table import Columns, Compare, Roll
from live.registry import Socket
from live.task_coalescer import errands
from live.threads import in_thread

logger = logging.getLogger(__name__)


class Reviewed(Socket, Protocol):
    """A socket that says where it is."""

    authenticator: ClassVar[Authenticator[Any]]
    """What finds out whose access has ended."""

    compare: ClassVar[Compare]
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
        self._rolls: dict[type[Reviewed], Roll] = {}
        self._going: asyncio.Task[None] | None = None

    def note(self, socket: Reviewed) -> None:
        """
        Write down where a socket is: from now on it is reviewed, and whoever moves is noted again.

        One that is still opening is not noted: what it may see has not been looked up yet.
        """
        key = self._keys.get(socket) or self._add(socket)
        access = socket.access
        row = (access.user_id, access.session_id or 0, int(access.expires_at))
        self._roll_of(socket).write((key, *row, *socket.position))

    def _add(self, socket: Reviewed) -> int:
        key = self._keys[socket] = next(self._new_keys)
        self._sockets[key] = socket
        if self._going is None or self._going.done():
            self._going = asyncio.create_task(self._go_round())
        return key

    def _roll_of(self, socket: Reviewed) -> Roll:
        kind = type(socket)
        if kind not in self._rolls:
            self._rolls[kind] = Roll()
        return self._rolls[kind]

    def forget(self, socket: Reviewed) -> None:
        if key := self._keys.pop(socket, None):
            del self._sockets[key]
            self._roll_of(socket).erase(key)

    async def _go_round(self) -> None:
        """Ask about one slice after the other, spread over the interval, while there are sockets."""
        while turns := self._turns():
            errands.begin(bell.join_again)
            for kind, start in turns:
                await self._try_review(kind, self._rolls[kind].read(start))
                await asyncio.sleep(settings.SOCKET_REVIEW_SECONDS / len(turns))

    def _turns(self) -> list[tuple[type[Reviewed], int]]:
        return [(kind, start) for kind, roll in self._rolls.items() for start in roll.starts()]

    async def _try_review(self, kind: type[Reviewed], rows: Columns) -> None:
        try:
            await self.review(kind, rows)
        except DatabaseError as error:
            logger.warning("The database is away, sockets are not reviewed: %s", error)
        except Exception:
            logger.exception("A review of the open sockets failed.")

    async def review(self, kind: type[Reviewed], rows: Columns) -> None:
        """Hold rows against the database, and begin what follows from it."""
        ended, stands = await in_thread(_ask, kind, rows)
        for key in ended & self._sockets.keys():
            # Which asks once more: its token may have been renewed meanwhile.
            errands.begin(self._sockets[key].check_access)
        for key in stands.keys() & self._sockets.keys():
            errands.begin(self._sockets[key].catch_up_with, stands[key])


def _ask(kind: type[Reviewed], rows: Columns) -> tuple[set[int], dict[int, Any]]:
    """Return the keys of those whose access has ended, and how things stand that differ."""
    keys, user_ids, session_ids, expiries, *position = rows
    now = time.time()
    expired = {key for key, expiry in zip(keys, expiries, strict=True) if expiry <= now}
    ended = expired | kind.authenticator.list_ended(keys, user_ids, session_ids)
    return ended, kind.compare(keys, user_ids, *position)


review = Review()
