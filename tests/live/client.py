"""The client's end of a WebSocket, in memory."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import orjson

from live.close_codes import CloseCode
from live.task_coalescer import tasks

Message = dict[str, Any]


def run(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(scenario())


async def settle() -> None:
    """Run the tasks that are ready, until every task waits for something."""
    for _ in range(20):
        await asyncio.sleep(0)


async def until(is_true: Callable[[], bool]) -> None:
    """Wait until a condition holds; fail after 10 s."""
    async with asyncio.timeout(10):
        while not is_true():  # noqa: ASYNC110 - a thread may change it
            await asyncio.sleep(0.001)


async def finish_tasks() -> None:
    """Wait for the background tasks of all sockets, and for the frames that they send."""
    await tasks.join()
    await settle()


def text(frame: str) -> Message:
    return {"type": "websocket.send", "text": frame}


def accept(subprotocol: str | None = "bearer") -> Message:
    return {"type": "websocket.accept", "subprotocol": subprotocol}


def close(code: CloseCode) -> Message:
    return {"type": "websocket.close", "code": int(code)}


def scope_of(token: str = "", *, query: str = "", origin: str = "") -> Message:
    """Return the ASGI scope of a handshake; a token is sent as a sub-protocol."""
    headers = [(b"host", b"testserver")]
    return {
        "type": "websocket",
        "path": "/ws/",
        "query_string": query.encode(),
        "headers": [*headers, (b"origin", origin.encode())] if origin else headers,
        "subprotocols": ["bearer", token] if token else [],
        "extensions": {"websocket.http.response": {}},
    }


class Client:
    """A client that exchanges ASGI messages with a consumer; `seen` holds the messages it got."""

    def __init__(self) -> None:
        self.seen: list[Message] = []
        self.reads = asyncio.Event()
        self.reads.set()
        self._messages: asyncio.Queue[Message] = asyncio.Queue()
        self._wants_next = asyncio.Event()
        self._serving: asyncio.Task[None] | None = None

    async def send(self, message: Message) -> None:
        await self.reads.wait()
        self.seen.append(message)

    async def receive(self) -> Message:
        if self._messages.empty():
            self._wants_next.set()
        return await self._messages.get()

    async def connect(self, consumer: Any, scope: Message) -> None:
        """Let a consumer serve this client, and wait until it has responded to the handshake."""
        self._serving = asyncio.create_task(consumer(scope, self.receive, self.send))
        await settle()
        await self.say({"type": "websocket.connect"})

    async def say(self, message: Message) -> None:
        """Send an ASGI message; wait until the consumer expects the next message or has returned."""
        assert self._serving
        self._wants_next.clear()
        self._messages.put_nowait(message)
        waiting = asyncio.create_task(self._wants_next.wait())
        await asyncio.wait({self._serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        await settle()

    async def say_frame(self, **frame: Any) -> None:
        await self.say({"type": "websocket.receive", "text": orjson.dumps(frame).decode()})

    async def disconnect(self) -> None:
        await self.say({"type": "websocket.disconnect", "code": 1001})
        assert self._serving
        await self._serving

    @property
    def frames(self) -> list[Any]:
        """Return the received frames."""
        sent = [each["text"] for each in self.seen if each["type"] == "websocket.send"]
        return [orjson.loads(each) for each in sent]
