from concurrent.futures import ThreadPoolExecutor

import pytest

from messaging.models import Conversation, Message
from messaging.services.reading import mark_read
from tests.factories import write
from tests.system.conftest import Join
from tests.system.people import Frame, Person
from users.models import User


def add_messages(conversation: Conversation, sender: User, count: int) -> None:
    """Store many messages at once, as if they had been sent."""
    versions = range(conversation.version + 1, conversation.version + 1 + count)
    Message.objects.bulk_create(
        Message(
            conversation=conversation,
            sender=sender,
            content=f"Number {version}",
            version=version,
            created_version=version,
        )
        for version in versions
    )
    conversation.version = versions[-1]
    conversation.save()


def as_written(message: Frame, version: int) -> Frame:
    """Return a message as in its `new_message` frame: unread, because the receipt is a later frame."""
    return {**message, "is_read": False, "read_at": None, "version": version}


def test_since_sends_missed_changes_in_order_then_events(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    write(alice, conversation, "Second")
    read = mark_read(reader=bob, conversation_id=conversation.pk)
    write(bob, conversation, "Third")
    teller = here(alice)
    third, second, first = teller.messages(conversation.pk).json()["results"]

    with there(alice).knock(conversation.pk, "?since=0") as socket:
        *missed, pong = socket.ping()
        live = teller.send(conversation.pk, "Live").json()

        read_at = read.read_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        assert missed == [
            {"type": "new_message", "message": as_written(first, 1)},
            {"type": "new_message", "message": as_written(second, 2)},
            {
                "type": "read_receipt",
                "reader_id": bob.pk,
                "read_at": read_at,
                "up_to": second["id"],
                "version": 3,
            },
            {"type": "new_message", "message": third},
        ]
        assert pong == {"type": "pong", "version": 4}
        assert socket.receive() == {"type": "new_message", "message": live}


def test_since_sends_the_readers_own_read_as_conversation_read(
    here: Join, bob: User, conversation: Conversation
) -> None:
    read = here(bob).read(conversation.pk).json()

    with here(bob).knock(conversation.pk, "?since=1") as socket:
        assert socket.ping() == [
            {
                "type": "conversation_read",
                "read_at": read["read_at"],
                "up_to": conversation.last_message_id,
                "version": 2,
            },
            {"type": "pong", "version": 2},
        ]


@pytest.mark.parametrize("query", ["", "?since=1", "?since=0&since=1", "?since=01"])
def test_since_the_current_version_sends_nothing(
    here: Join, bob: User, conversation: Conversation, query: str
) -> None:
    with here(bob).knock(conversation.pk, query) as socket:
        assert socket.ping() == [{"type": "pong", "version": 1}]


@pytest.mark.parametrize("since", ["", "-1", "x", "1.0", "2", "99999999999999999999", "%00", "¹"])
def test_since_an_invalid_or_future_version_gets_a_reset(
    here: Join, bob: User, conversation: Conversation, since: str
) -> None:
    with here(bob).knock(conversation.pk, f"?since={since}") as socket:
        assert socket.ping() == [{"type": "reset", "version": 1}, {"type": "pong", "version": 1}]


def test_more_than_500_changes_are_one_reset_and_500_are_replayed(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    add_messages(conversation, alice, 501)

    with there(bob).knock(conversation.pk, "?since=2") as told:
        versions = [frame["message"]["version"] for frame in told.ping()[:-1]]
    with there(bob).knock(conversation.pk, "?since=1") as reset:
        frames = reset.ping()
        live = here(alice).send(conversation.pk, "Live").json()

        assert versions == list(range(3, 503))
        assert frames == [{"type": "reset", "version": 502}, {"type": "pong", "version": 502}]
        assert reset.receive() == {"type": "new_message", "message": live}


def test_connecting_while_others_send_leaves_no_gap_and_no_repeat(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    senders, listener = (here(alice), there(alice), there(bob), here(bob)), there(bob)

    def send(sender: Person) -> None:
        for number in range(12):
            sender.send(conversation.pk, f"Number {number}").raise_for_status()

    with ThreadPoolExecutor() as pool:
        sending = [pool.submit(send, sender) for sender in senders]
        sockets = [listener.knock(conversation.pk, "?since=0") for _ in range(10)]
        for each in sending:
            each.result()

    for socket in sockets:
        versions = [socket.receive()["message"]["version"] for _ in range(49)]
        assert versions == list(range(1, 50))
        assert socket.ping() == [{"type": "pong", "version": 49}]
