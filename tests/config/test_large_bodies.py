"""How many large bodies one process holds in its memory."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

from config.handler import OneHopHandler

FORM, JSON = b"multipart/form-data; boundary=x", b"application/json"


class Sending:
    """Clients whose bodies end when they are let go."""

    def __init__(self) -> None:
        self.may_end = asyncio.Event()
        self.statuses: list[int] = []
        self.read = 0

    async def request(self, handler: OneHopHandler, kind: bytes, *, ends: bool) -> None:
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/api/nothing/",
            "query_string": b"",
            "headers": [(b"host", b"127.0.0.1"), (b"content-type", kind)],
        }
        await handler(scope, self._receive(ends), self._send)

    def _receive(self, ends: bool) -> Callable[[], Awaitable[Any]]:
        async def receive() -> Any:
            self.read += 1
            if not ends:
                await self.may_end.wait()
            return {"type": "http.request", "body": b"x"}

        return receive

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.statuses.append(message["status"])


def test_few_forms_are_read_at_a_time_and_all_are_answered() -> None:
    async def run() -> tuple[int, list[int], Sending]:
        handler, clients = OneHopHandler(), Sending()
        forms = [
            asyncio.create_task(clients.request(handler, FORM, ends=False))
            for _ in range(settings.LARGE_BODIES + 4)
        ]
        await asyncio.sleep(0)
        read = clients.read
        await clients.request(handler, JSON, ends=True)
        answered = list(clients.statuses)
        clients.may_end.set()
        await asyncio.gather(*forms)
        return read, answered, clients

    read, answered, clients = asyncio.run(run())

    assert read == settings.LARGE_BODIES
    assert answered == [404]  # who sends no file does not wait
    assert clients.statuses == [404] * (settings.LARGE_BODIES + 5)
