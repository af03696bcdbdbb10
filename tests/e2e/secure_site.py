"""A server with the default limits, and the proxy of docker-compose.yml through which browsers reach it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.backends import find_free_port
from tests.e2e.proxy import Proxy
from tests.e2e.servers import UNLIMITED, make_server
from tests.system.server import WebServer

Site = tuple[Proxy, WebServer]
DEFAULT_LIMITS = dict.fromkeys(UNLIMITED, "")


@pytest.fixture(scope="module")
def secure_site(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, static_root: Path
) -> Iterator[Site]:
    """The proxy and the server of a module; its fixture `server` has to return this server."""
    port = find_free_port()
    environment = {
        "PUBLIC_URL": f"https://localhost:{port}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "FORWARDED_ALLOW_IPS": "127.0.0.1",
        "LOG_FORMAT": "json",
        **DEFAULT_LIMITS,
    }
    with (
        django_db_blocker.unblock(),
        make_server(static_root, **environment) as server,
        Proxy(f"127.0.0.1:{server.port}", port=port) as proxy,
    ):
        yield proxy, server


@pytest.fixture
def proxy(secure_site: Site, transactional_db: None) -> Proxy:
    return secure_site[0]


@contextmanager
def unreachable(proxy: Proxy) -> Iterator[None]:
    """Have no network on the way to the server while the block runs."""
    proxy.stop()
    try:
        yield
    finally:
        proxy.start()
