"""
How sockets handle events, in memory.

The tests make their own queries before the event loop starts, because the ORM does not run inside it.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from orjson import loads

from live.close_codes import CloseCode
from live.outbox import Outbox
from messaging.consumers import ConversationConsumer, InboxConsumer
from messaging.models import Conversation
from messaging.selectors import InboxChecksum
from messaging.services.archiving import archive_conversations, reopen_conversations
from tests.factories import access_of, claims_of, impersonate, write
from tests.live.client import Client, Message, close, finish_tasks, run, text
from users.exceptions import ImpersonationReadOnly
from users.models import User
from users.selectors import get_user_by_claims
from users.sockets import UserAccess
from users.throttling import count_request

Opener = Callable[[Client], ConversationConsumer]
InboxOpener = Callable[[Client], InboxConsumer]


def changed(conversation: Conversation, version: int) -> Message:
    event = {"conversation_id": conversation.pk, "version": version, "frame": f"frame {version}"}
    return {"type": "conversation.changed", **event}


def archived(conversation: Conversation, version: int) -> Message:
    event = {"conversation_id": conversation.pk, "version": version}
    return {"type": "conversation.archived", **event}


def archive_at_2() -> None:
    archive_conversations(Conversation.objects.all())


def reopen_at_3() -> None:
    archive_at_2()
    reopen_conversations(Conversation.objects.all())


@pytest.fixture
def begin_to_open(transactional_db: None, bob: User, conversation: Conversation) -> Opener:
    """Return a function that makes Bob's socket for the conversation; the socket has sent nothing yet."""
    claims = claims_of(access_of(bob))

    def consumer(client: Client) -> ConversationConsumer:
        socket = ConversationConsumer()
        socket.access = UserAccess(bob, claims)
        socket._outbox = Outbox(client.send)
        socket.conversation_id = conversation.pk
        return socket

    return consumer


@pytest.fixture
def open_at_1(begin_to_open: Opener) -> Opener:
    """Return a function that opens Bob's socket for the conversation, at version 1."""

    def consumer(client: Client) -> ConversationConsumer:
        socket = begin_to_open(client)
        socket.version = 1
        return socket

    return consumer


def test_first_message_sent_while_the_socket_opens_is_not_lost(
    begin_to_open: Opener, conversation: Conversation
) -> None:
    async def scenario() -> None:
        client = Client()
        socket = begin_to_open(client)

        async with socket._reading:  # the conversation had no message when it was read
            socket.on_event(changed(conversation, 1))
        await finish_tasks()

        assert [each["message"]["version"] for each in client.frames] == [1]
        socket._unregister()

    run(scenario)


def test_next_event_is_sent_unchanged_in_the_next_loop_iteration(
    open_at_1: Opener, conversation: Conversation
) -> None:
    async def scenario() -> None:
        client = Client()
        socket = open_at_1(client)

        socket.on_event(changed(conversation, 2))
        socket.on_event(changed(conversation, 3))
        await asyncio.sleep(0)

        assert client.seen == [text("frame 2"), text("frame 3")]
        assert socket.version == 3
        socket._unregister()

    run(scenario)


def test_old_foreign_and_unknown_events_are_dropped(
    open_at_1: Opener, conversation: Conversation
) -> None:
    async def scenario() -> None:
        client = Client()
        socket = open_at_1(client)

        socket.on_event(changed(conversation, 1))
        socket.on_event({**changed(conversation, 2), "conversation_id": conversation.pk + 1})
        socket.on_event({"type": "push"})
        await asyncio.sleep(0)

        assert (client.seen, socket.version) == ([], 1)

    run(scenario)


def test_typing_in_another_conversation_is_dropped(
    open_at_1: Opener, conversation: Conversation
) -> None:
    typing = {"type": "conversation.typing", "frame": "typing"}

    async def scenario() -> None:
        client = Client()
        socket = open_at_1(client)

        socket.on_event({**typing, "conversation_id": conversation.pk + 1})
        socket.on_event({**typing, "conversation_id": conversation.pk, "frame": "typing here"})
        await asyncio.sleep(0)

        assert client.seen == [text("typing here")]
        socket._unregister()

    run(scenario)


def test_archival_of_another_conversation_is_dropped(
    open_at_1: Opener, conversation: Conversation
) -> None:
    archive_at_2()

    async def scenario() -> None:
        client = Client()
        socket = open_at_1(client)

        socket.on_event({**archived(conversation, 2), "conversation_id": conversation.pk + 1})
        await finish_tasks()

        assert client.seen == []

    run(scenario)


def test_old_archival_is_dropped(open_at_1: Opener, conversation: Conversation) -> None:
    async def scenario() -> None:
        client = Client()
        socket = open_at_1(client)

        socket.on_event(archived(conversation, 1))
        await finish_tasks()

        assert client.seen == []

    run(scenario)


def test_archival_closes_the_socket(open_at_1: Opener, conversation: Conversation) -> None:
    archive_at_2()

    async def scenario() -> None:
        client = Client()
        socket = open_at_1(client)

        socket.on_event(archived(conversation, 2))
        await finish_tasks()

        assert client.seen == [close(CloseCode.NOT_VISIBLE)]

    run(scenario)


def test_undone_archival_does_not_close_the_socket(
    open_at_1: Opener, conversation: Conversation
) -> None:
    reopen_at_3()

    async def scenario() -> None:
        client = Client()
        socket = open_at_1(client)

        socket.on_event(archived(conversation, 2))
        await finish_tasks()

        assert (client.seen, socket.version) == ([], 3)
        socket._unregister()

    run(scenario)


def test_undone_archival_does_not_close_an_opening_socket(
    open_at_1: Opener, conversation: Conversation
) -> None:
    reopen_at_3()
    scope: Any = {"url_route": {"kwargs": {"conversation_id": conversation.pk}}}

    async def scenario() -> None:
        client = Client()
        socket = open_at_1(client)
        socket.scope, socket.version = scope, 0

        opening = asyncio.create_task(socket.open())
        await asyncio.sleep(0)
        socket.on_event(archived(conversation, 2))
        await opening
        await finish_tasks()

        assert (client.seen, socket.version) == ([], 3)
        socket._unregister()

    run(scenario)


def test_inbox_with_a_different_sum_in_two_rounds_sends_the_difference(
    alice: User, bob: User, conversation: Conversation, transactional_db: None
) -> None:
    write(alice, conversation, "Second", "Third")
    claims = claims_of(access_of(bob))

    async def scenario() -> None:
        client = Client()
        inbox = InboxConsumer()
        inbox.access, inbox._outbox = UserAccess(bob, claims), Outbox(client.send)
        inbox._versions, inbox._is_initialized = {conversation.pk: 1}, True

        for version in (2, 3):
            await inbox.reconcile(InboxChecksum(1, conversation.pk, version))
        await finish_tasks()

        frames = [loads(each["text"]) for each in client.seen]
        assert [each["type"] for each in frames] == ["conversation_updated", "unread_count"]
        assert frames[0]["conversation"]["version"] == 3
        inbox._unregister()

    run(scenario)


@pytest.fixture
def inbox_at_1(transactional_db: None, bob: User, conversation: Conversation) -> InboxOpener:
    """Return a function that opens Bob's inbox socket, which has sent version 1 of the conversation."""
    claims = claims_of(access_of(bob))

    def consumer(client: Client) -> InboxConsumer:
        inbox = InboxConsumer()
        inbox.access, inbox._outbox = UserAccess(bob, claims), Outbox(client.send)
        inbox._versions, inbox._is_initialized = {conversation.pk: 1}, True
        return inbox

    return consumer


def test_inbox_drops_old_events_and_repeats_no_conversation(
    inbox_at_1: InboxOpener, conversation: Conversation
) -> None:
    async def scenario() -> None:
        client = Client()
        inbox = inbox_at_1(client)

        inbox.on_event(changed(conversation, 1))
        await finish_tasks()
        assert client.seen == []

        inbox.on_event(archived(conversation, 1))  # late: the conversation is open again
        await finish_tasks()
        assert [loads(each["text"])["type"] for each in client.seen] == ["unread_count"]
        inbox._unregister()

    run(scenario)


def test_event_before_the_inbox_opens_sends_nothing_yet(
    inbox_at_1: InboxOpener, alice: User, conversation: Conversation
) -> None:
    write(alice, conversation, "Second")

    async def scenario() -> None:
        client = Client()
        inbox = InboxConsumer()
        opened = inbox_at_1(client)
        inbox.access, inbox._outbox = opened.access, opened._outbox

        inbox.on_event(changed(conversation, 2))
        await finish_tasks()

        assert (client.seen, inbox._changed_ids) == ([], {conversation.pk})
        inbox._unregister()

    run(scenario)


def test_inbox_that_closes_reads_and_tells_nothing_more(
    inbox_at_1: InboxOpener, alice: User, conversation: Conversation
) -> None:
    write(alice, conversation, "Second")

    async def scenario() -> None:
        client = Client()
        inbox = inbox_at_1(client)

        inbox.on_event(changed(conversation, 2))
        inbox.close_soon(CloseCode.NOT_VISIBLE)
        await finish_tasks()

        assert client.seen == [close(CloseCode.NOT_VISIBLE)]
        assert inbox._versions == {conversation.pk: 1}  # it has not queried the database

    run(scenario)


def test_read_frames_while_impersonating_do_not_count_for_a_throttle(
    open_at_1: Opener, alice: User, bob: User, settings: Any
) -> None:
    settings.THROTTLE_RATES = {"reading": "1/minute"}
    claims = claims_of(impersonate(bob, by=alice)[1].access)
    looking = get_user_by_claims(claims)

    async def scenario() -> None:
        socket = open_at_1(Client())
        socket.access = UserAccess(looking, claims)

        for _ in range(2):
            with pytest.raises(ImpersonationReadOnly):
                await socket.mark_read({"type": "read"})

    run(scenario)
    for person in (alice, bob):
        count_request(person, scope="reading")
