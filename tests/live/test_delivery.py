from messaging.models import Conversation
from tests.live.conftest import Join
from users.models import User


def test_message_arrives_on_a_socket_of_the_other_process(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    with there(bob).socket(conversation.pk) as socket:
        sent = here(alice).send(conversation.pk, "Squats at six").json()

        assert socket.receive() == {"type": "new_message", "message": sent}


def test_typing_and_receipt_reach_only_the_other_side(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    with here(alice).socket(conversation.pk) as hers, there(bob).socket(conversation.pk) as his:
        his.send(type="typing", is_typing=True)
        assert hers.receive() == {
            "type": "typing_indicator",
            "user_id": bob.pk,
            "is_typing": True,
        }

        his.send(type="read")
        receipt = hers.receive()
        own = his.receive()

        message_id = conversation.last_message_id
        mark = {"read_at": receipt["read_at"], "up_to": message_id, "version": 2}
        assert receipt == {"type": "read_receipt", "reader_id": bob.pk, **mark}
        assert own == {"type": "conversation_read", **mark}
        assert hers.drain() == []


def test_inbox_tells_list_and_badge(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    with there(bob).inbox() as inbox:
        assert inbox.receive() == {"type": "unread_count", "unread_count": 1}

        here(alice).send(conversation.pk, "Second")

        updated = inbox.receive()
        assert updated["type"] == "conversation_updated"
        assert updated["conversation"]["last_message_preview"] == "Second"
        assert updated["conversation"]["unread_count"] == 2
        assert inbox.receive() == {"type": "unread_count", "unread_count": 2}
