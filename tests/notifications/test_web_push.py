"""Web Push requests: their contents, the outcome of each response, and the refused addresses."""

import asyncio
import json
import socket
import threading
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from aiohttp import ClientTimeout
from cryptography.hazmat.primitives.asymmetric import ec

from notifications.contents import BODY_BYTES, MAX_LISTED, TITLE_BYTES, Notification, _shorten
from notifications.outcomes import Outcome, Verdict
from notifications.senders import Senders
from notifications.senders.http import NotPublic, is_public, open_session, post, public_socket
from notifications.senders.resolver import BoundedResolver
from notifications.vapid import get_public_key
from tests.notifications.conftest import MakeBrowser
from tests.notifications.push_service import PushService
from tests.notifications.service import Browser

pytestmark = pytest.mark.without_servers


@pytest.fixture
def bobs(make_browser: MakeBrowser) -> Browser:
    return make_browser("bob")


def make_notification(token: str, **changes: Any) -> Notification:
    fields = {
        "device_id": 1,
        "platform": "web",
        "token": token,
        "title": "Tina Torres",
        "body": "How was the run? 🏃",
        "conversation_id": 7,
        "sender_id": 5,
        "unread_count": 3,
        "unread_conversations": (7, 9),
        "composed_at": datetime(2026, 2, 16, 12, 30, tzinfo=UTC),
        "deleted_version": 4,
    }
    return Notification(**{**fields, **changes})


def send(token: str, **changes: Any) -> Outcome:
    """Send one notification to a device, as the worker does."""

    async def run() -> Outcome:
        senders = Senders()
        try:
            return await senders.send(make_notification(token, **changes))
        finally:
            await senders.close()

    return asyncio.run(run())


def test_only_the_browser_can_decrypt_it(bobs: Browser, make_browser: MakeBrowser) -> None:
    outcome = send(bobs.token)

    assert outcome.verdict is Verdict.DELIVERED
    assert bobs.shown() == [
        {
            "title": "Tina Torres",
            "body": "How was the run? 🏃",
            "conversation_id": 7,
            "unread_count": 3,
            "unread_conversations": [7, 9],
            "composed_at": "2026-02-16T12:30:00.000000Z",
            "deleted_version": 4,
        }
    ]
    (received,) = bobs.service.received
    assert b"Tina" not in received.body
    with pytest.raises(Exception, match="Decryption error"):
        make_browser("charlie").decrypt(received)


@pytest.mark.parametrize(
    "letter", ["e" + "\u0301" * 20, "\x1b", '"', "\\", "👨\u200d👩\u200d👧\u200d👦"]
)
def test_longest_notification_fits_the_limit_of_push_services(bobs: Browser, letter: str) -> None:
    title, body = _shorten(letter * 100, TITLE_BYTES), _shorten(letter * 100, BODY_BYTES)

    send(
        bobs.token,
        title=title,
        body=body,
        conversation_id=2**63 - 1,
        unread_count=2**31,
        unread_conversations=(2**63 - 1,) * MAX_LISTED,
        deleted_version=2**31 - 1,
    )

    (received,) = bobs.service.received
    assert len(received.body) <= 4096
    assert bobs.shown()[0]["body"] == body


def test_request_has_the_headers_for_the_push_service(bobs: Browser) -> None:
    send(bobs.token)

    (received,) = bobs.service.received
    headers = {name: received.headers[name] for name in ("TTL", "Topic", "Urgency")}
    assert headers == {"TTL": "86400", "Topic": "conversation-7", "Urgency": "high"}
    assert received.headers["Content-Encoding"] == "aes128gcm"


def test_request_identifies_the_sender(bobs: Browser, settings: Any) -> None:
    settings.VAPID_SUBJECT = "mailto:ops@example.com"
    send(bobs.token)

    (received,) = bobs.service.received
    scheme, _, parts = received.headers["Authorization"].partition(" ")
    fields = dict(each.split("=", 1) for each in parts.split(","))
    key = get_public_key()
    assert key
    point = ec.EllipticCurvePublicKey.from_encoded_point(
        ec.SECP256R1(), urlsafe_b64decode(key + "=")
    )
    claims = jwt.decode(fields["t"], point, algorithms=["ES256"], audience=bobs.service.url)
    assert (scheme, fields["k"], claims["sub"]) == ("vapid", key, "mailto:ops@example.com")


def test_largest_notification_is_small_enough(bobs: Browser) -> None:
    send(bobs.token, title="\1" * 200, body="\1" * 200, conversation_id=2**63 - 1)

    (received,) = bobs.service.received
    assert len(received.body) < 4096
    assert len(received.headers["Topic"]) <= 32
    assert bobs.shown()[0]["body"] == "\1" * 200


@pytest.mark.parametrize(
    ("status", "headers", "outcome"),
    [
        (200, {}, Outcome(Verdict.DELIVERED)),
        (404, {}, Outcome(Verdict.GONE, "HTTP 404")),
        (410, {}, Outcome(Verdict.GONE, "HTTP 410")),
        (400, {}, Outcome(Verdict.REFUSED, "HTTP 400")),
        (403, {}, Outcome(Verdict.REFUSED, "HTTP 403")),
        (413, {}, Outcome(Verdict.REFUSED, "HTTP 413")),
        (429, {"Retry-After": "120"}, Outcome(Verdict.LATER, "HTTP 429", 120)),
        (503, {"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}, Outcome(Verdict.LATER, "HTTP 503")),
        (503, {"Retry-After": "9" * 5000}, Outcome(Verdict.LATER, "HTTP 503")),
        (500, {}, Outcome(Verdict.LATER, "HTTP 500")),
    ],
)
def test_responses_have_their_documented_outcomes(
    bobs: Browser, status: int, headers: dict[str, str], outcome: Outcome
) -> None:
    bobs.service.will_answer(bobs.path, status, headers=headers)

    assert send(bobs.token) == outcome


def test_redirects_are_not_followed(bobs: Browser) -> None:
    bobs.service.will_answer(bobs.path, 307, headers={"Location": f"{bobs.service.url}/elsewhere"})

    assert send(bobs.token) == Outcome(Verdict.REFUSED, "HTTP 307")
    assert bobs.service.at("/elsewhere") == []


def test_unreachable_push_service_is_retried(bobs: Browser, settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    settings.PUSH_PRIVATE_HOSTS = [f"127.0.0.1:{port}"]
    subscription = bobs.subscription(f"http://127.0.0.1:{port}/push/bob")

    assert send(json.dumps(subscription)).verdict is Verdict.LATER


def test_request_without_a_response_times_out(
    bobs: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.senders.http.TIMEOUT", ClientTimeout(total=0.2))
    bobs.service.close_gate()

    outcome = send(bobs.token)

    assert outcome.verdict is Verdict.LATER
    assert "Timeout" in outcome.reason


def test_private_host_that_is_no_longer_allowed_counts_as_gone(
    bobs: Browser, settings: Any
) -> None:
    settings.PUSH_PRIVATE_HOSTS = []

    assert send(bobs.token).verdict is Verdict.GONE
    assert bobs.service.received == []


def test_unanswered_dns_queries_do_not_block_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    may_end, real = threading.Event(), socket.getaddrinfo

    def getaddrinfo(host: str, *rest: Any, **options: Any) -> Any:
        if host.endswith(".hangs.example"):
            may_end.wait()
        return real("127.0.0.1", *rest, **options)

    async def run() -> tuple[list[Outcome], Outcome]:
        async with open_session() as session:
            knocks = [
                post(session, f"http://{number}.hangs.example/", data=b"", headers={})
                for number in range(100)
            ]
            hanging = await asyncio.gather(*knocks)
            other = await post(session, "http://other.example/", data=b"", headers={})
            may_end.set()
            return hanging, other

    monkeypatch.setattr("notifications.senders.http.TIMEOUT", ClientTimeout(total=0.5))
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    hanging, other = asyncio.run(run())

    assert {each.verdict for each in hanging} == {Verdict.LATER}
    assert other == Outcome(Verdict.GONE, "not a public address")  # so the name was resolved


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_private_addresses_are_not_connected_to(service: PushService, name: str) -> None:
    async def run() -> Outcome:
        async with open_session() as session:
            url = service.url.replace("127.0.0.1", name)
            return await post(session, url, data=b"", headers={})

    assert asyncio.run(run()) == Outcome(Verdict.GONE, "not a public address")
    assert service.received == []


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "ff02::1", "::ffff:224.0.0.1"),
        *("64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::127.0.0.1", "::127.0.0.1"),
        *("2002:7f00:1::1", "2002:a00:1::", "fec0::1", "ff0e::1", "::ffff:0:127.0.0.1"),
    ],
)
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with pytest.raises(NotPublic):
        public_socket((family, socket.SOCK_STREAM, 0, "", (address, 443)))


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "2a00:1450:4001:81b::200a", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::"],
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with public_socket((family, socket.SOCK_STREAM, 0, "", (address, 443))) as opened:
        assert opened.family == family


def test_resolver_that_is_closed_looks_nothing_up() -> None:
    async def run() -> None:
        resolver = BoundedResolver()
        await resolver.close()
        await resolver.resolve("127.0.0.1")

    with pytest.raises(RuntimeError, match="after shutdown"):
        asyncio.run(run())


def test_delivery_to_an_unconfigured_kind_of_device_is_refused(
    bobs: Browser, settings: Any
) -> None:
    settings.VAPID_PRIVATE_KEY = ""

    assert send(bobs.token) == Outcome(Verdict.REFUSED, "not configured")
