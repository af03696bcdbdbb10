"""Bugs that fault runs found, each as a minimal test."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import OperationalError, connection
from django.db.models.functions import Now
from django.http import HttpResponse
from django.test import RequestFactory

from api.errors import server_error
from api.throttling import counter, try_hit
from jobs.models import Job
from jobs.services.scheduling import ensure_scheduled
from live.reconciler import reconciler
from live.registry import open_sockets
from messaging import frames
from messaging.consumers import ConversationConsumer
from messaging.models import Conversation
from messaging.selectors import Replay, get_conversation, get_replay, list_changes
from messaging.services.reading import mark_read
from tests.conftest import Client
from tests.database_errors import away
from tests.factories import access_of, claims_of, write
from tests.faults.history import version_of
from tests.jobs.running import claim, fail, states
from tests.refusals import refusal
from users.models import User
from users.sockets import UserAccess

UNAVAILABLE = refusal(
    "The service is temporarily unavailable. Please try again.", "temporarily_unavailable"
)


def frames_of(missed: Replay, user: User) -> list[dict[str, Any]]:
    return [json.loads(frame) for frame in frames.replay(missed, user.pk)]


def test_replay_of_messages_read_meanwhile_has_ascending_versions(
    alice: User, bob: User, conversation: Conversation
) -> None:
    """Otherwise, a client that is cut off during the replay would skip frames when it resumes."""
    write(alice, conversation, "Second", "Third")
    mark_read(reader=bob, conversation_id=conversation.pk)

    for user in (alice, bob):
        seen = frames_of(get_replay(user, conversation.pk, since=0), user)
        assert [version_of(frame) for frame in seen] == [1, 2, 3, 4]
        assert not any(frame["message"]["is_read"] for frame in seen[:3])


def test_replay_omits_changes_after_its_version(
    alice: User, bob: User, conversation: Conversation
) -> None:
    """
    On SQLite, a replay's two queries may see different states.

    Changes that only the second query sees arrive as events.
    """
    stood = get_conversation(bob, conversation.pk)
    write(alice, conversation, "Second")
    mark_read(reader=bob, conversation_id=conversation.pk)
    messages = list_changes(bob, conversation.pk, 0, 500).messages

    missed = Replay(stood, since=0, messages=messages, is_too_long=False)

    assert [version_of(frame) for frame in frames_of(missed, bob)] == [1]


def test_socket_that_is_still_opening_is_not_reconciled(
    alice: User, alice_token: str, conversation: Conversation
) -> None:
    """While Redis is down, subscribing takes a second, and the reconciler runs meanwhile."""
    socket = ConversationConsumer()
    socket.access = UserAccess(alice, claims_of(alice_token))

    async def receive_event() -> None:
        event = {"conversation_id": conversation.pk, "version": 1, "frame": "{}"}
        open_sockets.add(socket)
        socket.on_event({"type": "conversation.changed", **event})
        open_sockets.remove(socket)

    async_to_sync(receive_event)()

    assert not reconciler.is_tracked(socket)
    assert not socket._is_closing


def test_sweep_that_is_interrupted_again_and_again_is_not_given_up(db: None) -> None:
    """In a minute, two restarts of the database and two killed workers used up a sweep's attempts."""
    Job.objects.all().delete()
    ensure_scheduled()
    Job.objects.exclude(kind="notifications.sweep").delete()
    for _ in range(2):
        fail(claim())
        Job.objects.live().update(due_at=Now())
    for _ in range(3):
        assert claim()
        Job.objects.live().update(due_at=Now())

    assert "failed" not in states()


@pytest.fixture
def alice_token(alice: User) -> str:
    return access_of(alice)


@pytest.fixture
def read_only(
    transactional_db: None, alice_token: str, conversation: Conversation
) -> Iterator[None]:
    """Make the database read-only, as after a failover to a standby, or on a read-only disk."""
    is_sqlite = connection.vendor == "sqlite"
    switch = "PRAGMA query_only = {}" if is_sqlite else "SET default_transaction_read_only = {}"
    with connection.cursor() as cursor:
        cursor.execute(switch.format("on"))
    yield
    with connection.cursor() as cursor:
        cursor.execute(switch.format("off"))


def test_send_to_a_read_only_database_is_unavailable_and_stores_nothing(
    api: Client, alice_token: str, conversation: Conversation, read_only: None
) -> None:
    api.with_token(alice_token)
    response = api.post(f"/api/messaging/conversations/{conversation.pk}/send/", {"content": "Hi"})

    assert (response.status_code, response.json()) == (503, UNAVAILABLE)
    assert response["Retry-After"] == "2"
    listed = api.get(f"/api/messaging/conversations/{conversation.pk}/messages/").json()
    assert [each["content"] for each in listed["results"]] == ["Hello"]


def test_send_to_a_read_only_database_does_not_count_for_the_throttle(
    api: Client, alice: User, alice_token: str, conversation: Conversation, read_only: None
) -> None:
    counter().reset()
    api.with_token(alice_token)

    for _ in range(31):
        api.post(f"/api/messaging/conversations/{conversation.pk}/send/", {"content": "Hi"})

    assert all(try_hit("messaging", alice.pk) for _ in range(30))
    assert not try_hit("messaging", alice.pk)


def answer_to(error: Exception) -> HttpResponse:
    """Return the response to `error` of `server_error`, which Django calls for unexpected errors."""
    try:
        raise error
    except (OperationalError, ValueError):
        return server_error(RequestFactory().get("/admin/"))


def test_absent_database_outside_the_api_is_unavailable() -> None:
    response = answer_to(away())

    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert "<h1>Please try again in a moment</h1>" in response.content.decode()


def test_any_other_error_outside_the_api_stays_a_server_error() -> None:
    assert answer_to(ValueError()).status_code == 500
