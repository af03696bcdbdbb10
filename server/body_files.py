"""Receives large bodies into files on disk, so that they take no memory of the web process."""

import asyncio
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings

from server.disconnects import ClientGone

PART_BYTES = 256 * 1024
"""The size of what is written at a time. A body up to this size stays in memory."""


class BodyFile:
    """
    A body that is being received.

    Its file has no name, so that nothing is left if the process ends. Call `close()` in the end.
    """

    def __init__(self) -> None:
        self.length = 0
        self.stream: IO[bytes] = BytesIO()
        self._is_on_disk = False

    async def receive(self, receive: Any) -> None:
        """Receive the whole body; raise ClientGone if the client disconnects first."""
        waiting, has_more = bytearray(), True
        while has_more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            waiting += message.get("body", b"")
            has_more = message.get("more_body", False)
            if len(waiting) >= PART_BYTES or not has_more:
                await self._append(bytes(waiting))
                waiting.clear()
        self.stream.seek(0)

    async def _append(self, part: bytes) -> None:
        """Write a part, in a thread if it goes to the disk, because that may take long."""
        self.length += len(part)
        if not self._is_on_disk and self.length < PART_BYTES:
            self.stream.write(part)
        else:
            await asyncio.to_thread(self._write, part)

    def _write(self, part: bytes) -> None:
        if not self._is_on_disk:
            self.stream, self._is_on_disk = make_file(), True
        self.stream.write(part)

    def close(self) -> None:
        self.stream.close()


def make_file() -> IO[bytes]:
    """Open a file without a name for an upload. It is not under /tmp, which may be in memory."""
    folder = Path(settings.MEDIA_ROOT, "incoming")
    folder.mkdir(parents=True, exist_ok=True)
    return TemporaryFile(dir=folder)
