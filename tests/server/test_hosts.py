import time
from typing import Any

import pytest

from server.hosts import AllowedHosts
from tests.live.client import run

pytestmark = pytest.mark.without_servers


async def refuse(app: AllowedHosts, host: str, **scope: Any) -> list[str]:
    """Return the types of what is sent to a client that asks for this host."""
    sent: list[str] = []

    async def send(message: Any) -> None:
        sent.append(message["type"])

    asked = {"type": "http", "path": "/healthz", "headers": [(b"host", host.encode())], **scope}
    await app(asked, None, send)
    return sent


def test_refused_names_are_logged_once_a_second_and_cut(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, now = AllowedHosts(None), [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    async def scenario() -> None:
        for host in ("first.example", "second.example", "third.example"):
            await refuse(app, host)
        now[0] += 1
        await refuse(app, "x" * 5000)

    run(scenario)

    assert caplog.messages == [
        "Refused the host 'first.example', which is not in ALLOWED_HOSTS.",
        f"Refused the host '{'x' * 100}', which is not in ALLOWED_HOSTS.",
    ]


def test_socket_is_closed_by_a_server_that_cannot_send_a_response() -> None:
    async def scenario() -> None:
        sent = await refuse(AllowedHosts(None), "evil.example", type="websocket")
        assert sent == ["websocket.close"]

    run(scenario)
