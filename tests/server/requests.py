"""Requests passed directly to the API's handler; some of them pause in the middle."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from threading import Barrier
from typing import Any, TypeVar

from django.conf import settings
from django.db import connections

from server.handler import OneHopHandler

T = TypeVar("T")
Story = Callable[[OneHopHandler], Coroutine[Any, Any, T]]

FORM = b"multipart/form-data; boundary=x"
ME = "/api/auth/users/me/"


def run(story: Story[T]) -> T:
    """Run a story with a new handler, then close the database connections of the handler's threads."""

    async def tell() -> T:
        handler = OneHopHandler()
        try:
            return await story(handler)
        finally:
            await _close_threads(handler)

    return asyncio.run(tell())


async def _close_threads(handler: OneHopHandler) -> None:
    lanes = {
        handler._api: settings.API_THREADS,
        handler._passwords: settings.PASSWORD_THREADS,
        handler._pictures: settings.PICTURE_THREADS,
    }
    for lane, threads in lanes.items():
        all_at_once = Barrier(threads)
        await asyncio.gather(*(lane.run(_close_connections, all_at_once) for _ in range(threads)))


def _close_connections(all_at_once: Barrier) -> None:
    connections.close_all()
    all_at_once.wait(20)


class Request:
    """
    A request. With `is_held`, its body is sent only once `may_end` is set.

    The client stays connected until `leave()`.
    """

    def __init__(
        self,
        method: str = "GET",
        path: str = ME,
        body: bytes = b"",
        *headers: tuple[bytes, bytes],
        token: str = "",
        is_held: bool = False,
        network: str = "127.0.0.1",
    ) -> None:
        self.body, self.may_end = body, asyncio.Event()
        self.has_ended, self.has_left = False, asyncio.Event()
        self.reads, self.status = 0, 0
        self.headers: dict[str, str] = {}
        self.content = b""
        if not is_held:
            self.may_end.set()
        sign_in = [(b"authorization", f"Bearer {token}".encode())] if token else []
        self.scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "client": (network, 5000),
            "has_left": self.has_left.is_set,
            "headers": [(b"host", b"127.0.0.1"), *headers, *sign_in],
        }

    async def ask(self, app: Any) -> "Request":
        await app(self.scope, self._receive, self._send)
        return self

    def begin(self, app: Any) -> "asyncio.Task[Request]":
        return asyncio.create_task(self.ask(app))

    def json(self) -> Any:
        return json.loads(self.content)

    def leave(self) -> None:
        """Disconnect, without sending a body that is still held back."""
        self.has_left.set()
        self.may_end.set()

    async def stay(self) -> Any:
        """Wait until the client leaves, and return the ASGI message for that."""
        await self.has_left.wait()
        return {"type": "http.disconnect"}

    async def _receive(self) -> Any:
        if self.has_ended:
            return await self.stay()
        self.reads += 1
        await self.may_end.wait()
        if self.has_left.is_set():
            return {"type": "http.disconnect"}
        self.has_ended = True
        return {"type": "http.request", "body": self.body}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode().lower(): v.decode() for name, v in message["headers"]}
        else:
            self.content += message["body"]


def form(
    token: str,
    content: bytes = b"",
    *,
    is_held: bool = False,
    path: str = ME,
    method: str = "PATCH",
) -> Request:
    """Return a request with a form that has a picture, or a first name if `content` is empty."""
    field = b'name="profile_image"; filename="me.png"' if content else b'name="first_name"'
    body = b"--x\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n--x--\r\n"
    body %= (field, content or b"Robert")
    length = (b"content-length", b"%d" % len(body))
    kind = (b"content-type", FORM)
    return Request(method, path, body, kind, length, token=token, is_held=is_held)


async def wait_for(condition: Any) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - there is no signal to wait for
            await asyncio.sleep(0.01)
