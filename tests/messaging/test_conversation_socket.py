"""A conversation's socket from handshake to close, in memory, with events of the real services."""

from typing import Any

import pytest

from live.close_codes import CloseCode
from live.events import announce_now
from live.reconciler import reconciler
from messaging.consumers import ConversationConsumer
from messaging.models import Conversation, Message
from messaging.services.reading import mark_read
from tests.factories import access_of, impersonate, open_conversation, write
from tests.live.client import Client, close, finish_tasks, run, scope_of, until
from tests.messaging.bodies import message_body
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True)
TYPING = {"type": "typing_indicator", "is_typing": True}
STOPPED = {"type": "typing_indicator", "is_typing": False}


@pytest.fixture(autouse=True)
def _host(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]


async def connect(
    token: str, conversation: Conversation, query: str = ""
) -> tuple[Client, ConversationConsumer]:
    client, socket = Client(), ConversationConsumer()
    kwargs = {"conversation_id": conversation.pk}
    await client.connect(socket, {**scope_of(token, query=query), "url_route": {"kwargs": kwargs}})
    return client, socket


def typing_event(conversation_id: int) -> dict[str, Any]:
    return {"type": "conversation.typing", "conversation_id": conversation_id, "frame": '"typing"'}


def test_socket_replays_what_was_missed_and_has_its_position(
    bob: User, conversation: Conversation
) -> None:
    token, second = access_of(bob), message_body(write(bob, conversation, "Second")[0])

    async def scenario() -> None:
        client, socket = await connect(token, conversation, "since=1")

        assert client.frames == [{"type": "new_message", "message": second}]
        assert socket.position == (conversation.pk, 2)
        assert reconciler.is_tracked(socket)
        await client.disconnect()

    run(scenario)


def test_replay_of_long_messages_is_a_reset(
    alice: User, bob: User, conversation: Conversation, settings: Any
) -> None:
    settings.SOCKET_REPLAY_BYTES = 2000
    for _ in range(3):
        write(alice, conversation, "x" * 1000)
    conversation.refresh_from_db()
    token = access_of(bob)

    async def scenario() -> None:
        client, _ = await connect(token, conversation, query="since=0")

        assert client.frames == [{"type": "reset", "version": conversation.version}]
        await client.disconnect()

    run(scenario)


def test_socket_of_a_stranger_is_closed(charlie: User, conversation: Conversation) -> None:
    token = access_of(charlie)

    async def scenario() -> None:
        client, _ = await connect(token, conversation)

        assert client.seen[1:] == [close(CloseCode.NOT_VISIBLE)]

    run(scenario)


def test_refused_socket_leaves_the_others_of_the_user_open(
    bob: User, dora: User, charlie: User, conversation: Conversation, settings: Any
) -> None:
    settings.SOCKETS_PER_USER = 1
    token, foreign = access_of(bob), open_conversation(dora, charlie)

    async def scenario() -> None:
        client, _ = await connect(token, conversation)
        to_foreign, _ = await connect(token, foreign)

        assert to_foreign.seen[1:] == [close(CloseCode.NOT_VISIBLE)]
        await client.say_frame(type="ping")
        assert client.frames == [{"type": "pong", "version": 1}]
        await client.disconnect()

    run(scenario)


def test_typing_reaches_the_other_side_alone(
    alice: User, bob: User, conversation: Conversation
) -> None:
    tokens = access_of(alice), access_of(bob)

    async def scenario() -> None:
        (to_alice, _), (to_bob, _) = [await connect(each, conversation) for each in tokens]

        await to_bob.say_frame(type="typing", is_typing=True)
        await until(lambda: len(to_alice.frames) == 1)
        await to_bob.say_frame(type="typing", is_typing=False)
        await until(lambda: len(to_alice.frames) == 2)

        assert to_alice.frames == [each | {"user_id": bob.pk} for each in (TYPING, STOPPED)]
        assert to_bob.frames == []
        for client in (to_alice, to_bob):
            await client.disconnect()

    run(scenario)


def test_typing_past_the_limit_is_announced_when_the_limit_allows(
    alice: User, bob: User, conversation: Conversation, settings: Any
) -> None:
    settings.SOCKET_FRAME_BURST, settings.SOCKET_FRAMES_PER_SECOND = 1, 50
    tokens = access_of(alice), access_of(bob)

    async def scenario() -> None:
        (to_alice, _), (to_bob, _) = [await connect(each, conversation) for each in tokens]

        for is_typing in (True, False):
            await to_bob.say_frame(type="typing", is_typing=is_typing)
        await until(lambda: len(to_alice.frames) == 2)

        assert to_alice.frames[-1] == STOPPED | {"user_id": bob.pk}
        for client in (to_alice, to_bob):
            await client.disconnect()

    run(scenario)


def test_closed_socket_announces_no_typing_that_waited_for_the_limit(
    alice: User, bob: User, conversation: Conversation, settings: Any
) -> None:
    settings.SOCKET_FRAME_BURST, settings.SOCKET_FRAMES_PER_SECOND = 1, 50
    tokens = access_of(alice), access_of(bob)

    async def scenario() -> None:
        (to_alice, _), (_, socket) = [await connect(each, conversation) for each in tokens]

        for is_typing in (True, False):
            await socket.show_typing({"type": "typing", "is_typing": is_typing})
        socket.close_soon(CloseCode.RESTARTING)
        await finish_tasks()
        announce_now(alice.pk, typing_event(conversation.pk))
        await until(lambda: "typing" in to_alice.frames)

        assert to_alice.frames == [TYPING | {"user_id": bob.pk}, "typing"]
        await to_alice.disconnect()

    run(scenario)


def test_typing_event_of_another_conversation_or_before_the_handshake_ends_is_dropped(
    bob: User, conversation: Conversation
) -> None:
    token = access_of(bob)

    async def scenario() -> None:
        client, socket = await connect(token, conversation)

        socket.on_event(typing_event(conversation.pk + 1))
        socket._is_handshaking = True
        socket.on_event(typing_event(conversation.pk))
        socket._is_handshaking = False
        socket.on_event(typing_event(conversation.pk))
        await finish_tasks()

        assert client.frames == ["typing"]
        await client.disconnect()

    run(scenario)


def test_repeated_typing_state_is_announced_once(
    alice: User, bob: User, conversation: Conversation
) -> None:
    tokens = access_of(alice), access_of(bob)

    async def scenario() -> None:
        (to_alice, _), (to_bob, _) = [await connect(each, conversation) for each in tokens]

        for is_typing in (False, True, False, False):
            await to_bob.say_frame(type="typing", is_typing=is_typing)
        announce_now(alice.pk, typing_event(conversation.pk))
        await until(lambda: "typing" in to_alice.frames)

        told = [each | {"user_id": bob.pk} for each in (TYPING, STOPPED)]
        assert to_alice.frames == [*told, "typing"]
        for client in (to_alice, to_bob):
            await client.disconnect()

    run(scenario)


@pytest.mark.parametrize("is_typing", [None, "yes", 1])
def test_typing_that_is_no_boolean_is_an_error(
    bob: User, conversation: Conversation, is_typing: object
) -> None:
    token = access_of(bob)

    async def scenario() -> None:
        client, _ = await connect(token, conversation)

        await client.say_frame(type="typing", is_typing=is_typing)

        detail = "is_typing must be true or false."
        assert client.frames == [{"type": "error", "code": "invalid", "detail": detail}]
        await client.disconnect()

    run(scenario)


def test_typing_while_impersonating_is_an_error_and_announces_nothing(
    alice: User, bob: User, conversation: Conversation
) -> None:
    tokens = access_of(alice), impersonate(bob, by=alice)[1].access

    async def scenario() -> None:
        (to_alice, _), (to_viewer, _) = [await connect(each, conversation) for each in tokens]

        for _ in range(2):
            await to_viewer.say_frame(type="typing", is_typing=True)
        await finish_tasks()

        assert [frame["code"] for frame in to_viewer.frames] == ["impersonation_read_only"] * 2
        assert to_alice.frames == []
        for client in (to_alice, to_viewer):
            await client.disconnect()

    run(scenario)


def test_wrong_typing_frames_past_the_limit_are_dropped(
    bob: User, conversation: Conversation, settings: Any
) -> None:
    settings.SOCKET_FRAME_BURST, settings.SOCKET_FRAMES_PER_SECOND = 2, 0.001
    token = access_of(bob)

    async def scenario() -> None:
        client, _ = await connect(token, conversation)

        for _ in range(4):
            await client.say_frame(type="typing", is_typing=None)

        assert [frame["type"] for frame in client.frames] == ["error", "error"]
        await client.disconnect()

    run(scenario)


def test_other_frames_past_the_limit_close_the_socket(
    bob: User, conversation: Conversation, settings: Any
) -> None:
    settings.SOCKET_FRAME_BURST, settings.SOCKET_FRAMES_PER_SECOND = 2, 0.001
    token = access_of(bob)

    async def scenario() -> None:
        client, _ = await connect(token, conversation)

        for _ in range(3):
            await client.say_frame(type="ping")

        assert client.frames == [{"type": "pong", "version": 1}] * 2
        assert client.seen[-1] == close(CloseCode.TOO_MUCH)

    run(scenario)


def test_ping_is_answered_after_what_was_missed(
    alice: User, bob: User, conversation: Conversation
) -> None:
    token = access_of(bob)
    second = message_body(write(alice, conversation, "Second")[0])

    async def scenario() -> None:
        client, socket = await connect(token, conversation)
        socket.version = 1

        await client.say_frame(type="ping")

        told = {"type": "new_message", "message": second}
        assert client.frames == [told, {"type": "pong", "version": 2}]
        await client.disconnect()

    run(scenario)


def test_reading_in_the_socket_marks_up_to_a_message(
    alice: User, bob: User, conversation: Conversation
) -> None:
    token, newest = access_of(bob), write(alice, conversation, "Second", "Third")[-1]

    async def scenario() -> None:
        client, _ = await connect(token, conversation)

        await client.say_frame(type="read", up_to=newest.pk - 1)
        await until(lambda: len(client.frames) == 1)

        assert client.frames[0]["type"] == "conversation_read"
        assert client.frames[0]["up_to"] == newest.pk - 1
        await client.disconnect()

    run(scenario)
    assert list(Message.objects.unread().values_list("pk", flat=True)) == [newest.pk]


def test_reading_counts_as_a_request(bob: User, conversation: Conversation, settings: Any) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "reading": "1/hour"}
    token = access_of(bob)

    async def scenario() -> None:
        client, _ = await connect(token, conversation, "since=1")

        for _ in range(2):
            await client.say_frame(type="read")
        await until(lambda: len(client.frames) == 2)

        assert {frame["type"] for frame in client.frames} == {"conversation_read", "error"}
        await client.disconnect()

    run(scenario)


def test_socket_that_was_behind_at_two_comparisons_catches_up(
    alice: User, bob: User, conversation: Conversation
) -> None:
    token = access_of(bob)
    write(alice, conversation, "Second", "Third")

    async def scenario() -> None:
        client, socket = await connect(token, conversation)
        socket.version = 1

        await socket.reconcile(2)
        assert client.frames == []
        await socket.reconcile(3)
        await finish_tasks()

        assert [frame["message"]["version"] for frame in client.frames] == [2, 3]
        assert socket.position == (conversation.pk, 3)
        await client.disconnect()

    run(scenario)


def test_socket_that_keeps_up_reads_nothing_at_a_comparison(
    alice: User, bob: User, conversation: Conversation
) -> None:
    token = access_of(bob)
    write(alice, conversation, "Second")

    async def scenario() -> None:
        client, socket = await connect(token, conversation)
        for version in (1, 2):
            socket.version = version
            await socket.reconcile(2)
        await finish_tasks()

        assert client.frames == []
        await client.disconnect()

    run(scenario)


def test_socket_without_access_at_a_comparison_is_closed(
    bob: User, conversation: Conversation
) -> None:
    token = access_of(bob)

    async def scenario() -> None:
        client, socket = await connect(token, conversation)

        await socket.reconcile(None)
        await finish_tasks()

        assert client.seen[-1] == close(CloseCode.NOT_VISIBLE)

    run(scenario)


def test_hole_before_an_event_is_filled_from_the_database(
    alice: User, bob: User, conversation: Conversation
) -> None:
    token = access_of(bob)
    bodies = [message_body(each) for each in write(alice, conversation, "Second", "Third")]

    async def scenario() -> None:
        client, socket = await connect(token, conversation)
        socket.version = 1

        event = {"type": "conversation.changed", "conversation_id": conversation.pk}
        socket.on_event({**event, "version": 3, "frame": '"third"'})
        await finish_tasks()

        assert [frame["message"] for frame in client.frames] == bodies
        await client.disconnect()

    run(scenario)


@pytest.mark.parametrize("frame", [None, ""])
def test_next_event_without_a_frame_is_read_from_the_database(
    alice: User, bob: User, conversation: Conversation, frame: str | None
) -> None:
    token = access_of(bob)
    second = message_body(write(alice, conversation, "Second")[0])

    async def scenario() -> None:
        client, socket = await connect(token, conversation)
        socket.version = 1

        event = {"type": "conversation.changed", "conversation_id": conversation.pk}
        socket.on_event({**event, "version": 2, "frame": frame})
        await finish_tasks()

        assert client.frames == [{"type": "new_message", "message": second}]
        assert socket.position == (conversation.pk, 2)
        await client.disconnect()

    run(scenario)


def test_unread_of_another_conversation_is_not_marked(
    alice: User, bob: User, charlie: User, dora: User, conversation: Conversation
) -> None:
    other = open_conversation(dora, charlie)

    mark_read(reader=bob, conversation_id=conversation.pk)

    assert Message.objects.unread().get().conversation_id == other.pk
