"""A proxy whose connections can become silent without being closed, as in a failover."""

import asyncio
from contextlib import suppress


class Freezer:
    """A proxy that forwards bytes to and from a local port, until its open connections are frozen."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._pumps: set[asyncio.Task[None]] = set()
        self.connections = 0
        self.port = 0

    async def start(self) -> "Freezer":
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return self

    def freeze(self) -> None:
        """Make all open connections silent without closing them. New connections work."""
        for pump in self._pumps:
            pump.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", self._target)
        for source, target in ((reader, to_writer), (to_reader, writer)):
            self._pumps.add(asyncio.create_task(self._pump(source, target)))

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                target.write(data)
            target.close()
