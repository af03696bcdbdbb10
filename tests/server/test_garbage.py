"""Requests leave few reference cycles, because collecting them pauses the process."""

import gc

import pytest

from server.handler import OneHopHandler
from tests.factories import access_of
from users.models import User

REQUESTS = 20
# Objects that a request may leave in cycles: a user and their session refer to each other.
MOST_OBJECTS = 15


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["conversations/", "unread-count/", "conversations/0/messages/"])
def test_request_leaves_little_to_the_garbage_collector(bob: User, path: str) -> None:
    handler = OneHopHandler()
    scope = {
        "type": "http",
        "method": "GET",
        "path": f"/api/messaging/{path}",
        "query_string": b"",
        "headers": [
            (b"host", b"127.0.0.1"),
            (b"authorization", f"Bearer {access_of(bob)}".encode()),
        ],
    }
    status, *_ = handler._respond(scope, b"")
    gc.collect()
    gc.disable()
    try:
        for _ in range(REQUESTS):
            handler._respond(scope, b"")
        left = gc.collect()
    finally:
        gc.enable()

    assert status == (404 if "/0/" in path else 200)
    assert left <= REQUESTS * MOST_OBJECTS
