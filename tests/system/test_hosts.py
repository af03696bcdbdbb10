"""Every path asks ALLOWED_HOSTS; health checks by address are answered."""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.system.raw import RawClient
from tests.system.server import WebServer

pytestmark = pytest.mark.embedded_only("names are compared before any query")

UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
PATHS = [
    "/",
    "/healthz",
    "/readyz",
    "/admin/login/",
    "/static/web/core/api.js",
    "/media/profiles/x.jpg",
    "/api/schema/",
    "/api/docs/",
    "/api/auth/users/me/",
    "/api/messaging/conversations/",
    "/nowhere",
]


@pytest.fixture(scope="module")
def named(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[WebServer]:
    with django_db_blocker.unblock():
        hosts, url = "localhost,.gym.example", "http://localhost:8000"
        server = WebServer(ALLOWED_HOSTS=hosts, PUBLIC_URL=url).start()
    yield server
    server.stop()


def ask(server: WebServer, path: str, *hosts: str, more: str = "", version: str = "1.1") -> bytes:
    lines = "".join(f"Host: {host}\r\n" for host in hosts)
    request = f"GET {path} HTTP/{version}\r\n{lines}{more or 'Connection: close'}\r\n"
    with RawClient(server) as client:
        return client.send(request.encode() + b"\r\n").read_to_the_end()


def status_of(answer: bytes) -> int:
    return int(answer.split()[1])


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host", ["evil.example", "gym.example.evil.example", "gym.example@evil.example", ""]
)
def test_unknown_host_is_refused_on_every_path(named: WebServer, path: str, host: str) -> None:
    answer = ask(named, path, host)

    assert status_of(answer) == 400
    assert b"The request is malformed." in answer


@pytest.mark.parametrize("host", ["evil.example", "10.0.0.5"])
def test_socket_for_an_unknown_host_is_refused(named: WebServer, host: str) -> None:
    refused = ask(named, "/ws/messaging/", host, more=UPGRADE)
    unknown = ask(named, "/ws/nowhere/", host, more=UPGRADE)

    assert status_of(refused) == status_of(unknown) == 400


def test_own_names_are_served(named: WebServer) -> None:
    answers = [ask(named, "/healthz", host) for host in ("localhost", "a.gym.example:8443")]

    assert [status_of(each) for each in answers] == [200, 200]


@pytest.mark.parametrize("host", ["10.0.0.5", "10.0.0.5:8000", "[fd00::5]:8000", "127.0.0.1"])
def test_health_check_by_address_is_answered_and_nothing_else(named: WebServer, host: str) -> None:
    health, other = ask(named, "/healthz", host), ask(named, "/api/auth/users/me/", host)

    assert (status_of(health), status_of(other)) == (200, 400)


def test_health_check_without_a_host_is_answered(named: WebServer) -> None:
    health = ask(named, "/healthz", version="1.0")
    other = ask(named, "/api/auth/users/me/", version="1.0")

    assert (status_of(health), status_of(other)) == (200, 400)
