"""
Compares all open sockets of this process with the database, about once a second.

The channel layer may lose any event: a message, or the end of a user's access. So each socket records
its position and its access. One query returns the sockets whose access has ended. Another query
returns the sockets that are behind the database. The layer only makes delivery fast. An idle socket needs
no task, only a row in the parameters of these queries.
"""

import asyncio
import time
from itertools import count
from typing import Any, ClassVar, Protocol

from django.conf import settings

from api import outages
from live.access import Authenticator
from live.listener import listener
from live.position_table import Columns, ListBehind, PositionTable
from live.registry import Socket
from live.task_coalescer import tasks
from live.threads import in_thread


class TrackedSocket(Socket, Protocol):
    """
    A socket whose position can be compared with the database.

    One query compares many sockets, all of the same class.
    """

    authenticator: ClassVar[Authenticator[Any]]
    list_behind: ClassVar[ListBehind]

    @property
    def position(self) -> tuple[int, ...]:
        """The client's state: the arguments of `list_behind` that follow the socket's key and user id."""


Kind = type[TrackedSocket]


class Reconciler:
    """Compares tracked sockets of one event loop with the database, a slice at a time."""

    def __init__(self) -> None:
        self._sockets: dict[int, TrackedSocket] = {}
        self._keys: dict[TrackedSocket, int] = {}
        self._new_keys = count(1)
        self._tables: dict[Kind, PositionTable] = {}
        self._running: asyncio.Task[None] | None = None

    def track(self, socket: TrackedSocket) -> None:
        """
        Record the access and the position of a socket. The position is the state that the client has.

        Call this after each change of the access or the position. Do not track a socket before its access
        to the content has been checked.
        """
        key = self._keys.get(socket) or self._add(socket)
        access = socket.access
        row = (access.user_id, access.session_id, int(access.expires_at))
        self._table_of(socket).upsert((key, *row, *socket.position))

    def _add(self, socket: TrackedSocket) -> int:
        key = self._keys[socket] = next(self._new_keys)
        self._sockets[key] = socket
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return key

    def _table_of(self, socket: TrackedSocket) -> PositionTable:
        kind = type(socket)
        if kind not in self._tables:
            self._tables[kind] = PositionTable()
        return self._tables[kind]

    def untrack(self, socket: TrackedSocket) -> None:
        """Stop checking a socket, if it is tracked."""
        if key := self._keys.pop(socket, None):
            del self._sockets[key]
            self._table_of(socket).delete(key)

    def is_tracked(self, socket: TrackedSocket) -> bool:
        return socket in self._keys

    async def _run(self) -> None:
        """Check all sockets, in slices, once per `SOCKET_REVIEW_SECONDS`. Return when no socket is left."""
        while slices := self._slices():
            tasks.schedule(listener.retry_failed)
            for kind, part in slices:
                await self._try_check(kind, self._tables[kind].read(part))
                await asyncio.sleep(settings.SOCKET_REVIEW_SECONDS / len(slices))

    def _slices(self) -> list[tuple[Kind, slice]]:
        return [(kind, part) for kind, table in self._tables.items() for part in table.slices()]

    async def _try_check(self, kind: Kind, rows: Columns) -> None:
        try:
            await self._check(kind, rows)
            outages.database.end()
        except Exception as error:  # noqa: BLE001 - logged
            outages.log_failure(
                error, "Open sockets could not be reconciled.", ", sockets are not reconciled"
            )

    async def _check(self, kind: Kind, rows: Columns) -> None:
        """Compare sockets with the database. Schedule tasks for those that lost access or events."""
        ended, behind = await in_thread(_query, kind, rows)
        for key in ended & self._sockets.keys():
            # The task queries again, because the token may have been renewed since.
            tasks.schedule(self._sockets[key].check_access)
        for key in behind.keys() & self._sockets.keys():
            tasks.schedule(self._sockets[key].reconcile, behind[key])


def _query(kind: Kind, rows: Columns) -> tuple[set[int], dict[int, Any]]:
    """Return the keys of sockets that have lost access, and {key: newer state} of those that are behind."""
    keys, user_ids, session_ids, expiries, *position = rows
    now = time.time()
    expired = {key for key, expiry in zip(keys, expiries, strict=True) if expiry <= now}
    ended = expired | kind.authenticator.list_ended(keys, user_ids, session_ids)
    return ended, kind.list_behind(keys, user_ids, *position)


reconciler = Reconciler()
