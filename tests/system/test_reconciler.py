"""Sockets find changes in the database whose events the channel layer has lost."""

from messaging.models import Conversation
from messaging.services.reading import mark_read
from tests.factories import write
from tests.system.conftest import Join
from users.models import User


def test_lost_messages_are_found_by_the_reconciler_in_order_and_once(
    deaf: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    listener = deaf(bob)
    with listener.socket(conversation.pk) as socket:
        sent = write(alice, conversation, "Second", "Third", "Fourth")

        found = [socket.receive() for _ in sent]

        newest = listener.messages(conversation.pk).json()["results"][:3]
        assert found == [{"type": "new_message", "message": each} for each in newest[::-1]]
        assert socket.ping() == [{"type": "pong", "version": 4}]


def test_lost_read_receipt_is_found_by_the_reconciler(
    deaf: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    with deaf(alice).socket(conversation.pk) as socket:
        read = mark_read(reader=bob, conversation_id=conversation.pk)

        assert socket.receive() == {
            "type": "read_receipt",
            "reader_id": bob.pk,
            "read_at": read.read_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "up_to": conversation.last_message_id,
            "version": 2,
        }


def test_lost_message_is_found_by_a_ping(
    there: Join, deaf: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    with there(bob).socket(conversation.pk) as socket:
        lost = deaf(alice).send(conversation.pk, "Unheard").json()

        assert socket.ping() == [
            {"type": "new_message", "message": lost},
            {"type": "pong", "version": 2},
        ]
        assert socket.ping() == [{"type": "pong", "version": 2}]


def test_lost_message_is_found_at_the_next_event_and_sent_first(
    here: Join, there: Join, deaf: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    with there(bob).socket(conversation.pk) as socket:
        lost = deaf(alice).send(conversation.pk, "Unheard").json()
        rung = here(alice).send(conversation.pk, "Heard").json()

        assert socket.receive() == {"type": "new_message", "message": lost}
        assert socket.receive() == {"type": "new_message", "message": rung}
        assert socket.ping() == [{"type": "pong", "version": 3}]


def test_change_of_an_inbox_without_an_event_is_found(
    deaf: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    listener = deaf(bob)
    with listener.inbox() as inbox:
        write(alice, conversation, "Unheard")

        updated, count = inbox.receive_until("unread_count")

        assert updated["conversation"] == listener.conversations()[0]
        assert updated["conversation"]["last_message_preview"] == "Unheard"
        assert count == {"type": "unread_count", "unread_count": 2}


def test_first_message_without_an_event_is_found(
    deaf: Join, here: Join, alice: User, bob: User
) -> None:
    listener = deaf(bob)
    with listener.inbox() as inbox:
        here(alice).post("messaging/conversations/start/", trainee_id=bob.pk, content="Hello")

        updated, count = inbox.receive_until("unread_count")

        assert [updated["conversation"]] == listener.conversations()
        assert count == {"type": "unread_count", "unread_count": 1}
