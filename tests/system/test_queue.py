"""
More requests than a process has threads: a few wait, the rest get 503.

Requests whose client disconnects while waiting are dropped.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.db import transaction

from messaging.models import Conversation, Message
from tests.factories import tokens_of
from tests.system.people import Person, eventually
from tests.system.raw import RawClient
from tests.system.server import WebServer
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def narrow_server() -> Iterator[WebServer]:
    """A process with one API thread, and a queue for one request."""
    with WebServer(API_THREADS="1", API_QUEUE="1", SOCKET_REVIEW_SECONDS="3600") as server:
        yield server


def send_and_stay(person: Person, conversation: Conversation, content: str) -> RawClient:
    """Send a message without waiting for the response."""
    body = json.dumps({"content": content}).encode()
    head = (
        f"POST /api/messaging/conversations/{conversation.pk}/send/ HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {person.token}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    )
    return RawClient(person.server).send("\r\n".join((*head, "", "")).encode() + body)


def find_refusal(person: Person) -> httpx.Response | None:
    """Send a request, and disconnect if it gets no response in 1 s. Return only a response with 503."""
    try:
        answer = person.http.get("messaging/unread-count/", timeout=1)
    except httpx.TimeoutException:
        return None
    return answer if answer.status_code == 503 else None


def test_request_past_the_queue_is_refused_and_a_disconnected_one_is_dropped(
    narrow_server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    her, his = Person(narrow_server, tokens_of(alice)), Person(narrow_server, tokens_of(bob))

    with ThreadPoolExecutor() as threads:
        with transaction.atomic():
            # The first send occupies the only thread, in which it waits for this row.
            Conversation.objects.select_for_update().get()
            both = [send_and_stay(her, conversation, "left") for _ in range(2)]
            refused = eventually(lambda: find_refusal(his))
            for each in both:
                each.socket.close()
            eventually(lambda: find_refusal(her) is None or None)  # the second send is dropped

            def send_when_there_is_room() -> httpx.Response:
                def ask() -> httpx.Response | None:
                    answer = his.send(conversation.pk, "stayed")
                    return None if answer.status_code == 503 else answer

                return eventually(ask)

            stayed = threads.submit(send_when_there_is_room)
            eventually(lambda: find_refusal(her))  # the send waits now
        assert stayed.result().status_code == 201

    assert (refused.headers["Retry-After"], refused.json()["code"]) == (
        "2",
        "temporarily_unavailable",
    )
    sent = Message.objects.filter(content__in=["left", "stayed"]).order_by("id")
    assert [each.content for each in sent] == ["left", "stayed"]
    log = narrow_server.log.read_text()
    assert "WARNING server.handler 503 GET /api/messaging/unread-count/" in log
    assert " ERROR " not in log
