import asyncio
from typing import Any

import pytest
from django.conf import settings

from server.body_limits import LimitBody, read_body

pytestmark = pytest.mark.without_servers


def test_body_can_arrive_in_parts() -> None:
    parts = iter(
        [
            {"type": "http.request", "body": b"to", "more_body": True},
            {"type": "http.request", "body": b"gether"},
        ]
    )

    async def receive() -> Any:
        return next(parts)

    assert asyncio.run(read_body(receive)) == b"together"


@pytest.mark.parametrize(
    "length", [(b"content-length", b"180000"), (b"transfer-encoding", b"chunked")]
)
def test_refused_body_is_received_to_its_end(length: tuple[bytes, bytes]) -> None:
    parts = [{"body": bytes(60_000), "more_body": more} for more in (True, True, False)]
    sent: list[Any] = []
    scope = {"method": "POST", "path": "/api/", "headers": [length], "http_version": "1.1"}

    async def receive() -> Any:
        return {"type": "http.request", **parts.pop(0)}

    async def send(message: Any) -> None:
        sent.append(message)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await read_body(receive)

    asyncio.run(LimitBody(app)(scope, receive, send))

    assert (sent[0]["status"], parts) == (413, [])
    assert [message.get("more_body", False) for message in sent[1:]] == [True, False]


@pytest.mark.parametrize(
    ("path", "kind", "limit"),
    [
        ("/api/messaging/uploads/", b"multipart/form-data", settings.MAX_PHOTO_BODY_BYTES),
        ("/api/auth/users/me/", b"multipart/form-data", settings.MAX_BODY_BYTES),
        ("/api/messaging/uploads/", b"application/json", settings.MAX_JSON_BODY_BYTES),
        ("/admin/", b"multipart/form-data", settings.MAX_JSON_BODY_BYTES),
    ],
)
def test_limit_depends_on_path_and_kind(path: str, kind: bytes, limit: int) -> None:
    """One byte more gets 413 instead of the application's response."""
    statuses = [ask(path, kind, length) for length in (limit, limit + 1)]

    assert statuses == [200, 413]


def ask(path: str, kind: bytes, length: int) -> int:
    sent: list[Any] = []
    head = [(b"content-type", kind), (b"content-length", b"%d" % length)]
    scope = {"method": "POST", "path": path, "headers": head, "http_version": "1.1"}

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200})

    asyncio.run(LimitBody(app)(scope, receive, send))
    status: int = sent[0]["status"]
    return status
