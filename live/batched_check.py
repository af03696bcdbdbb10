import asyncio

from live.position_table import ListBehind
from live.threads import in_thread

BATCH_SECONDS = 0.03
"""The minimum interval between two queries. A check that comes later than that does not wait."""


class BatchedCheck:
    """
    Checks whether sockets are behind the database. One query serves all checks within `BATCH_SECONDS`.

    A socket may check on each ping of its client. With one query per check, the queries would be most
    of the cost of an idle socket.
    """

    def __init__(self, list_behind: ListBehind) -> None:
        self._list_behind = list_behind
        self._rows: list[tuple[int, ...]] = []
        self._query: asyncio.Task[dict[int, object]] | None = None
        self._next_at = 0.0

    async def is_behind(self, *row: int) -> bool:
        """
        Return whether the database has a newer state than a socket.

        `row` is the socket's user id, followed by the socket's position: the state that the client has.
        """
        key = len(self._rows)
        self._rows.append((key, *row))
        if self._query is None:
            self._query = asyncio.create_task(self._run_query())
        return key in await asyncio.shield(self._query)

    async def _run_query(self) -> dict[int, object]:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self._next_at - loop.time()))
        self._next_at = loop.time() + BATCH_SECONDS
        rows, self._rows, self._query = self._rows, [], None
        return await in_thread(self._list_behind, *zip(*rows, strict=True))
