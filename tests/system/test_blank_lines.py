"""Blank lines on a kept connection do not keep it open."""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.system.conftest import NO_PUSH
from tests.system.raw import RawClient
from tests.system.server import WebServer

pytestmark = pytest.mark.embedded_only("the request needs no database")

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture
def impatient(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[WebServer]:
    with django_db_blocker.unblock(), WebServer(REQUEST_HEAD_SECONDS="0.3", **NO_PUSH) as server:
        yield server


def test_connection_with_blank_lines_after_a_response_is_closed(impatient: WebServer) -> None:
    with RawClient(impatient) as client:
        answer = client.send(REQUEST).socket.recv(65536)
        after = client.send(b"\r\n\r\n").read_to_the_end()

    assert answer.startswith(b"HTTP/1.1 200")
    assert after == b""
