"""The product behind the proxy of docker-compose.yml: TLS, HTTP/2, sockets, slow bodies, logs."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from messaging.models import Conversation
from tests.backends import find_free_port
from tests.e2e.devices import DESK, PHONE, OpenDevice
from tests.e2e.proxy import Proxy
from tests.e2e.screens import conversation_with, expect_tick, message, sign_in_by_form, write
from tests.e2e.servers import kill, make_server
from tests.system.server import WebServer
from users.models import User

SECRET_PATHS = (
    "/ws/messaging/5/?token=the-secret",
    "/join%23code=the-secret",
    "/join%2523code%253Dthe-secret",
    "/join/code=the-secret",
    "/reset-password%23uid=Mg%26token%3Dthe-secret",
    "/sign-in?next=/join%23code=the-secret",
)

Site = tuple[Proxy, list[WebServer]]


@pytest.fixture(scope="module")
def site(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, static_root: Path
) -> Iterator[Site]:
    """The proxy with two web processes behind it."""
    port = find_free_port()
    environment = {
        "PUBLIC_URL": f"https://localhost:{port}",
        "ALLOWED_HOSTS": "localhost",
        "FORWARDED_ALLOW_IPS": "127.0.0.1",
        "SECURE_SSL_REDIRECT": "1",
    }
    with django_db_blocker.unblock():
        servers = [make_server(static_root, **environment).start() for _ in range(2)]
        upstreams = [f"127.0.0.1:{server.port}" for server in servers]
        with Proxy(*upstreams, port=port) as proxy:
            yield proxy, servers
        for server in servers:
            server.stop()


@pytest.fixture
def proxy(site: Site, transactional_db: None) -> Proxy:
    return site[0]


@pytest.fixture
def server(site: Site, transactional_db: None) -> WebServer:
    return site[1][0]


def open_page(open_device: OpenDevice, proxy: Proxy, **options: object) -> Page:
    return open_device(fresh=True, base_url=proxy.url, ignore_https_errors=True, **options)


def test_story_over_tls_and_http_2(
    open_device: OpenDevice, proxy: Proxy, alice: User, bob: User, conversation: Conversation
) -> None:
    desk, phone = (open_page(open_device, proxy, **options) for options in (DESK, PHONE))
    sign_in_by_form(desk, alice)
    sign_in_by_form(phone, bob)
    conversation_with(desk, bob).click()

    write(desk, "Squats at six?")

    expect(message(phone, "Squats at six?")).to_be_visible()
    expect_tick(desk, "Squats at six?", "Read")
    protocols = desk.evaluate(
        "performance.getEntriesByType('resource').map(({ nextHopProtocol }) => nextHopProtocol)"
    )
    assert {each for each in protocols if each} == {"h2"}


def test_killed_process_costs_no_request(proxy: Proxy, site: Site, server: WebServer) -> None:
    kill(server)

    answers = [httpx.get(f"{proxy.url}/healthz", verify=proxy.trust()) for _ in range(6)]

    server.start()
    assert [each.status_code for each in answers] == [200] * 6


def test_body_past_the_limit_has_the_products_own_answer(proxy: Proxy) -> None:
    answer = httpx.post(
        f"{proxy.url}/api/auth/jwt/create/",
        content=b" " * (7 * 1024 * 1024),
        headers={"Content-Type": "application/json"},
        verify=proxy.trust(),
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "request_too_large")


def test_half_sent_body_reaches_no_process() -> None:
    head = (
        "POST /api/auth/jwt/create/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n"
        "Content-Type: application/json\r\n\r\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as process:
        process.settimeout(2)
        with Proxy(f"127.0.0.1:{process.getsockname()[1]}") as proxy:
            plain = socket.create_connection(("127.0.0.1", proxy.port))
            with proxy.trust().wrap_socket(plain, server_hostname="localhost") as client:
                client.sendall(head.encode() + b"x" * 50_000)
                with pytest.raises(TimeoutError):
                    process.accept()

                client.sendall(b"x" * 50_000)

                connection, _ = process.accept()
                connection.close()


def test_log_of_the_proxy_shows_no_secret() -> None:
    nobody = find_free_port()

    with Proxy(f"127.0.0.1:{nobody}") as proxy, ThreadPoolExecutor() as threads:
        list(threads.map(lambda path: request_with_secrets(proxy, path), SECRET_PATHS))
        log = proxy.log.read_text()

    assert log.count('"logger":"http.log.error') == len(SECRET_PATHS)
    assert "the-secret" not in log


def request_with_secrets(proxy: Proxy, path: str) -> None:
    headers = {
        "Sec-WebSocket-Protocol": "bearer, the-secret",
        "Authorization": "Bearer the-secret",
        "Referer": f"https://localhost{path}",
        "Cookie": "refresh=the-secret",
    }
    httpx.get(f"{proxy.url}{path}", headers=headers, verify=proxy.trust(), timeout=30)
