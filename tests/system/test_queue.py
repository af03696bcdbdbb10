"""
More requests than a process has threads, or upload slots: a few wait, the rest get 503.

Requests whose client disconnects while waiting are dropped.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest
from django.conf import settings
from django.db import transaction

from messaging.models import Conversation, Message
from tests.factories import tokens_of
from tests.system.conftest import Join
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


FORM_HEAD = (
    b"PATCH /api/auth/users/me/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n"
    b"Content-Type: multipart/form-data; boundary=x\r\nAuthorization: Bearer %b\r\n"
)
FORM_START = (
    b'--x\r\nContent-Disposition: form-data; name="first_name"\r\n\r\nGone\r\n'
    b'--x\r\nContent-Disposition: form-data; name="rest"\r\n\r\n'
)
FORM_END = b"\r\n--x--\r\n"


def hold_slot(person: Person) -> RawClient:
    """Send the head of a form, and wait until the server asks for its body, which never comes."""
    head = FORM_HEAD % person.token.encode()
    client = RawClient(person.server).send(head + b"Expect: 100-continue\r\n\r\n")
    assert client.socket.recv(100).startswith(b"HTTP/1.1 100")
    return client


def send_form(person: Person) -> RawClient:
    """Send a form with a new first name, and stay connected."""
    body = FORM_START.ljust(100_000 - len(FORM_END), b"x") + FORM_END
    return RawClient(person.server).send(FORM_HEAD % person.token.encode() + b"\r\n" + body)


def rename(person: Person) -> int | None:
    """Return the status of a form, or None if it had to wait for longer than 1 s."""
    try:
        return person.http.patch(
            "auth/users/me/", files={"first_name": (None, "Bob")}, timeout=1
        ).status_code
    except httpx.TimeoutException:
        return None


def test_waiting_forms_whose_clients_have_disconnected_make_room_and_are_not_read(
    server: WebServer, here: Join, bob: User
) -> None:
    person = here(bob)

    with ExitStack() as held:
        for _ in range(settings.LARGE_BODIES_PER_PERSON):
            held.enter_context(hold_slot(person))
        waiting = [send_form(person) for _ in range(settings.LARGE_BODIES_QUEUE_PER_PERSON)]
        eventually(lambda: rename(person) == 503 or None)
        for each in waiting:
            each.socket.close()

        eventually(lambda: rename(person) is None or None)  # it waits, and is not refused

    assert eventually(lambda: rename(person)) == 200
    bob.refresh_from_db()
    assert bob.first_name == "Bob"
    assert " ERROR " not in server.read_log()


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
