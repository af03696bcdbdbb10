"""Handshakes are refused while too many sockets are being opened."""

import asyncio
from typing import Any

import orjson
import pytest

from live.close_codes import CloseCode
from live.handshake_limit import LimitHandshakes, end_handshake
from tests.live.client import Client, Message, accept, close, run, scope_of, settle, text
from tests.live.counting import CountingConsumer

HERE, THERE = ("192.0.2.1", 1), ("192.0.2.2", 1)


class Opening:
    """An application whose sockets are being opened until `may_end` is set."""

    def __init__(self) -> None:
        self.scopes: list[Message] = []
        self.may_end = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        await self.may_end.wait()


class Knocking(Client):
    """A client that starts a handshake and waits for nothing."""

    async def knock(self, limited: LimitHandshakes, address: tuple[str, int]) -> None:
        scope = {**scope_of("bob"), "client": address}
        self._serving = asyncio.create_task(limited(scope, self.receive, self.send))
        await settle()


async def knock(limited: LimitHandshakes, address: tuple[str, int]) -> Knocking:
    client = Knocking()
    await client.knock(limited, address)
    return client


@pytest.mark.parametrize(
    ("limit", "passed"),
    [("SOCKET_HANDSHAKES_PER_NETWORK", [HERE, THERE]), ("SOCKET_HANDSHAKES", [HERE])],
)
def test_handshake_past_a_limit_is_refused(
    settings: Any, limit: str, passed: list[tuple[str, int]]
) -> None:
    setattr(settings, limit, 1)

    async def scenario() -> None:
        app = Opening()
        limited = LimitHandshakes(app)

        _, refused, _ = [await knock(limited, address) for address in (HERE, HERE, THERE)]

        start, body = refused.seen
        assert (start["status"], dict(start["headers"])[b"Retry-After"]) == (503, b"2")
        assert orjson.loads(body["body"])["code"] == "temporarily_unavailable"
        assert [scope["client"] for scope in app.scopes] == passed
        app.may_end.set()
        await settle()

    run(scenario)


def test_handshake_counts_until_it_ends_or_its_socket_is_gone(settings: Any) -> None:
    settings.SOCKET_HANDSHAKES_PER_NETWORK = 2

    async def scenario() -> None:
        app = Opening()
        limited = LimitHandshakes(app)
        for _ in range(3):
            await knock(limited, HERE)
        assert len(app.scopes) == 2

        for _ in range(2):
            end_handshake(app.scopes[0])
        for _ in range(2):
            await knock(limited, HERE)
        assert len(app.scopes) == 3

        app.may_end.set()
        await settle()
        await knock(limited, HERE)
        assert len(app.scopes) == 4

    run(scenario)


@pytest.mark.parametrize(
    ("token", "seen"),
    [
        ("bob", [accept(), text('{"number":1}')]),
        ("nobody's", [accept(), close(CloseCode.NOT_SIGNED_IN)]),
    ],
)
def test_socket_counts_until_it_is_open_or_refused(
    settings: Any, token: str, seen: list[Message]
) -> None:
    settings.SOCKET_HANDSHAKES = 1

    async def scenario() -> None:
        limited = LimitHandshakes(CountingConsumer.as_asgi())
        clients = [Client(), Client()]
        for client in clients:
            await client.connect(limited, scope_of(token))

        assert [client.seen for client in clients] == [seen, seen]
        for client in clients:
            await client.disconnect()

    run(scenario)
