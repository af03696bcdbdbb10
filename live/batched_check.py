import asyncio

from live.position_table import Compare
from live.threads import in_thread

GATHER_SECONDS = 0.03
"""Between two queries. Who asks alone waits for nothing."""


class Lookup:
    """
    Tells many sockets, each at a moment of its own, whether it lacks something, in few queries.

    Every client pings now and then. A query for each ping would be what an idle socket costs.
    """

    def __init__(self, compare: Compare) -> None:
        self._compare = compare
        self._rows: list[tuple[int, ...]] = []
        self._looking: asyncio.Task[dict[int, object]] | None = None
        self._next_at = 0.0

    async def differs(self, *row: int) -> bool:
        """Return whether a row, whose key is left out, differs from what the database has by now."""
        key = len(self._rows)
        self._rows.append((key, *row))
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        return key in await asyncio.shield(self._looking)

    async def _look(self) -> dict[int, object]:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self._next_at - loop.time()))
        self._next_at = loop.time() + GATHER_SECONDS
        rows, self._rows, self._looking = self._rows, [], None
        return await in_thread(self._compare, *zip(*rows, strict=True))
