"""The socket for lists and badges, from handshake to close, in memory."""

from typing import Any

import pytest
from django.test import Client as Api

from live.close_codes import CloseCode
from live.reconciler import reconciler
from live.threads import in_thread as in_database
from messaging.consumers import ConversationConsumer, InboxConsumer
from messaging.models import Conversation
from messaging.pagination import ConversationPage
from messaging.selectors import InboxChecksum
from messaging.services.archiving import archive_conversations_for_trainee
from tests.factories import access_of, make_trainee, open_conversation, write
from tests.live.client import Client, close, finish_tasks, run, scope_of, until
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _host(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]


async def connect(token: str, query: str = "") -> tuple[Client, InboxConsumer]:
    client, socket = Client(), InboxConsumer()
    await client.connect(socket, scope_of(token, query=query))
    await finish_tasks()
    return client, socket


def changed(conversation: Conversation, version: int) -> dict[str, Any]:
    event = {"conversation_id": conversation.pk, "version": version, "frame": None}
    return {"type": "conversation.changed", **event}


def archived(conversation: Conversation, version: int) -> dict[str, Any]:
    event = {"conversation_id": conversation.pk, "version": version}
    return {"type": "conversation.archived", **event}


def told(client: Client) -> list[tuple[Any, ...]]:
    """
    Return a tuple for each frame that a client received.

    It is (id, version, is_archived) for a conversation, and (unread_count,) for an unread count.
    """
    return [
        (each["unread_count"],)
        if each["type"] == "unread_count"
        else tuple(each["conversation"][name] for name in ("id", "version", "is_archived"))
        for each in client.frames
    ]


def test_inbox_begins_with_the_unread_count_and_knows_its_versions(
    bob: User, conversation: Conversation
) -> None:
    token = access_of(bob)

    async def scenario() -> None:
        client, socket = await connect(token)

        assert told(client) == [(1,)]
        assert socket.position == InboxChecksum(1, conversation.pk, 1)
        assert reconciler.is_tracked(socket)
        await client.disconnect()

    run(scenario)


@pytest.mark.parametrize("query", ["", "newest=", "newest=false", "newest=1"])
def test_first_frame_has_only_the_count_unless_the_client_asks_for_more(
    bob: User, conversation: Conversation, query: str
) -> None:
    token = access_of(bob)

    async def scenario() -> None:
        client, _ = await connect(token, query)

        assert client.frames == [{"type": "unread_count", "unread_count": 1}]
        await client.disconnect()

    run(scenario)


def test_first_frame_has_the_versions_of_the_first_page_in_the_order_of_the_list(
    api: Api, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ConversationPage, "page_size", 3)
    trainees = [make_trainee(f"trainee{number}", alice) for number in range(5)]
    opened = [open_conversation(alice, trainee) for trainee in trainees]
    write(trainees[0], opened[0], "Back again")
    Conversation.objects.filter(pk=opened[4].pk).update(last_message_at=None)
    archive_conversations_for_trainee(trainer=alice, trainee=trainees[3])
    token = access_of(alice)
    authorization = {"authorization": f"Bearer {token}"}
    listed = api.get("/api/messaging/conversations/", headers=authorization).json()["results"]

    async def scenario() -> None:
        client, socket = await connect(token, "newest=true")
        await in_database(lambda: write(trainees[1], opened[1], "More"))
        socket.on_event(changed(opened[1], 2))
        await finish_tasks()

        first, _, later = client.frames
        newest = [[opened[index].pk, version] for index, version in ((0, 2), (2, 1), (1, 1))]
        assert first == {"type": "unread_count", "unread_count": 1, "newest": newest}
        assert [[each["id"], each["version"]] for each in listed] == newest
        assert later == {"type": "unread_count", "unread_count": 2}
        await client.disconnect()

    run(scenario)


def test_changed_conversation_is_sent_once_with_the_count_that_changed(
    alice: User, bob: User, conversation: Conversation
) -> None:
    token = access_of(bob)

    async def scenario() -> None:
        client, socket = await connect(token)
        await in_database(lambda: write(alice, conversation, "Second"))
        for _ in range(2):
            socket.on_event(changed(conversation, 2))
            await finish_tasks()

        assert told(client) == [(1,), (conversation.pk, 2, False), (2,)]
        assert socket.position == InboxChecksum(1, conversation.pk, 2)
        await client.disconnect()

    run(scenario)


def test_old_event_reads_nothing(bob: User, conversation: Conversation) -> None:
    token = access_of(bob)

    async def scenario() -> None:
        client, socket = await connect(token)

        socket.on_event(changed(conversation, 1))

        assert socket._changed_ids == set()
        await finish_tasks()
        assert told(client) == [(1,)]
        await client.disconnect()

    run(scenario)


def test_event_while_the_inbox_opens_is_sent_after_the_count(
    alice: User, bob: User, conversation: Conversation
) -> None:
    token = access_of(bob)
    write(alice, conversation, "Second")

    async def scenario() -> None:
        client, socket = await connect(token)
        socket._versions, socket._is_initialized = {conversation.pk: 1}, False

        socket.on_event(changed(conversation, 2))
        await finish_tasks()
        assert told(client) == [(2,)]
        await socket.open()
        await finish_tasks()

        assert told(client) == [(2,)]
        assert socket.position == InboxChecksum(1, conversation.pk, 2)
        await client.disconnect()

    run(scenario)


def test_change_after_the_inbox_has_read_its_versions_is_sent_once_it_is_open(
    alice: User, bob: User, conversation: Conversation
) -> None:
    token = access_of(bob)

    class Overtaken(InboxConsumer):
        async def _send_updates(self, *arguments: Any) -> None:
            if not self._is_initialized:
                await in_database(lambda: write(alice, conversation, "Second"))
                self.on_event(changed(conversation, 2))
            await super()._send_updates(*arguments)

    async def scenario() -> None:
        client = Client()
        await client.connect(Overtaken(), scope_of(token))
        await finish_tasks()

        assert told(client) == [(2,), (conversation.pk, 2, False)]
        await client.disconnect()

    run(scenario)


def test_archived_conversation_is_sent_once_and_leaves_the_position(
    alice: User, bob: User, conversation: Conversation
) -> None:
    token = access_of(bob)

    async def scenario() -> None:
        client, socket = await connect(token)

        await in_database(lambda: archive_conversations_for_trainee(trainer=alice, trainee=bob))
        for _ in range(2):
            socket.on_event(archived(conversation, 2))
            await finish_tasks()

        assert told(client) == [(1,), (conversation.pk, 2, True), (0,)]
        assert socket.position == InboxChecksum(0, 0, 0)
        await client.disconnect()

    run(scenario)


def test_new_conversation_is_sent(alice: User, bob: User, conversation: Conversation) -> None:
    token, eve = access_of(alice), make_trainee("eve", alice)

    async def scenario() -> None:
        client, socket = await connect(token)

        other = await in_database(lambda: open_conversation(alice, eve))
        socket.on_event(changed(other, 1))
        await finish_tasks()

        assert told(client) == [(0,), (other.pk, 1, False)]
        await client.disconnect()

    run(scenario)


@pytest.fixture
def five(alice: User, settings: Any) -> list[int]:
    """Return the ids of five conversations of Alice; two are sent at a time, and three may wait."""
    settings.SOCKET_REPLAY_LIMIT, settings.SOCKET_PENDING_FRAMES = 2, 3
    names = ("one", "two", "three", "four", "five")
    return [open_conversation(alice, make_trainee(name, alice)).pk for name in names]


def test_many_changes_at_once_are_sent_in_slices(alice: User, five: list[int]) -> None:
    token = access_of(alice)

    async def scenario() -> None:
        client, socket = await connect(token)
        socket._versions = {}

        socket._schedule_refresh(set(five))
        await finish_tasks()

        assert sorted(told(client)) == sorted([(0,), *((pk, 1, False) for pk in five)])
        assert socket.position == InboxChecksum(5, sum(five), 5)
        await client.disconnect()

    run(scenario)


def test_client_that_leaves_between_two_slices_gets_no_other(alice: User, five: list[int]) -> None:
    token = access_of(alice)

    async def scenario() -> None:
        client, socket = await connect(token)
        socket._versions = {}
        client.reads.clear()

        socket._schedule_refresh(set(five))
        await until(lambda: len(socket._versions) == 2)
        await client.disconnect()
        await finish_tasks()

        assert len(socket._versions) == 2

    run(scenario)


def test_ping_of_an_inbox_has_no_version(bob: User, conversation: Conversation) -> None:
    token = access_of(bob)

    async def scenario() -> None:
        client, _ = await connect(token)

        await client.say_frame(type="ping")

        assert client.frames[-1] == {"type": "pong"}
        await client.disconnect()

    run(scenario)


def test_typing_on_an_inbox_is_an_error_and_closes_nothing(
    bob: User, conversation: Conversation, settings: Any
) -> None:
    settings.SOCKET_FRAME_BURST, settings.SOCKET_FRAMES_PER_SECOND = 2, 0.001
    token = access_of(bob)

    async def scenario() -> None:
        client, _ = await connect(token)

        for _ in range(100):
            await client.say_frame(type="typing", is_typing=True)
        await client.say_frame(type="ping")

        kinds = [each["type"] for each in client.frames]
        assert kinds == ["unread_count", "error", "error", "pong"]
        await client.disconnect()

    run(scenario)


def test_inbox_refreshes_at_every_other_comparison_that_differs(
    alice: User, bob: User, conversation: Conversation
) -> None:
    token = access_of(bob)
    write(alice, conversation, "Second")

    async def scenario() -> None:
        client, socket = await connect(token)
        socket._versions = {conversation.pk: 1}

        await socket.reconcile(InboxChecksum(1, conversation.pk, 2))
        await finish_tasks()
        assert told(client) == [(2,)]
        await socket.reconcile(InboxChecksum(1, conversation.pk, 2))
        await finish_tasks()

        assert told(client) == [(2,), (conversation.pk, 2, False)]
        await client.disconnect()

    run(scenario)


def test_inbox_is_evicted_after_the_sockets_of_conversations(
    bob: User, conversation: Conversation, settings: Any
) -> None:
    settings.SOCKETS_PER_USER = 2
    token = access_of(bob)
    scope = {**scope_of(token), "url_route": {"kwargs": {"conversation_id": conversation.pk}}}

    async def scenario() -> None:
        to_inbox, _ = await connect(token)
        to_first, to_second = Client(), Client()
        for client in (to_first, to_second):
            await client.connect(ConversationConsumer(), scope)

        assert to_first.seen[-1] == close(CloseCode.TOO_MUCH)
        assert told(to_inbox) == [(1,)]
        for client in (to_inbox, to_second):
            await client.disconnect()

    run(scenario)
