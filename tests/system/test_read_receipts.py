from messaging.models import Conversation, Message
from tests.factories import impersonate, write
from tests.system.conftest import Join
from tests.system.people import Frame, Person, Socket
from tests.system.server import WebServer
from users.models import User


def receipt_frame(frame: Frame, up_to: int | None, version: int) -> Frame:
    return {"read_at": frame["read_at"], "up_to": up_to, "version": version}


def test_read_over_the_socket_sends_a_different_frame_to_each_side(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    phone = there(bob)
    with (
        here(alice).socket(conversation.pk) as hers,
        phone.socket(conversation.pk) as his,
        here(bob).socket(conversation.pk) as desk,
    ):
        his.send(type="read")

        receipt = hers.receive()
        same = receipt_frame(receipt, conversation.last_message_id, version=2)
        assert receipt == {"type": "read_receipt", "reader_id": bob.pk, **same}
        assert his.receive() == {"type": "conversation_read", **same}
        assert desk.receive() == {"type": "conversation_read", **same}
        after = phone.send(conversation.pk, "Nothing else came").json()
        assert hers.receive() == his.receive() == {"type": "new_message", "message": after}


def test_read_over_rest_is_announced_on_sockets(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    with there(alice).socket(conversation.pk) as hers, there(bob).socket(conversation.pk) as his:
        body = here(bob).read(conversation.pk).json()

        up_to = conversation.last_message_id
        same = {"read_at": body["read_at"], "up_to": up_to, "version": 2}
        assert hers.receive() == {"type": "read_receipt", "reader_id": bob.pk, **same}
        assert his.receive() == {"type": "conversation_read", **same}


def test_read_up_to_a_message_leaves_later_ones_unread(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    second, third = write(alice, conversation, "Second", "Third")
    with here(alice).socket(conversation.pk) as hers, there(bob).socket(conversation.pk) as his:
        his.send(type="read", up_to=second.pk)

        receipt = hers.receive()

        same = receipt_frame(receipt, second.pk, version=4)
        assert receipt == {"type": "read_receipt", "reader_id": bob.pk, **same}
        assert list(Message.objects.unread()) == [third]


# Older clients, with `?token=`: they show all messages as read when any receipt arrives
# ------------------------------------------------------------------------------
def test_older_client_gets_a_receipt_once_all_its_messages_are_read(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    second, third = write(alice, conversation, "Second", "Third")
    with (
        here(alice).knock_by_query(conversation.pk) as hers,
        here(alice).socket(conversation.pk) as modern,
        there(bob).socket(conversation.pk) as his,
    ):
        hers.ping()
        his.send(type="read", up_to=second.pk)
        partial = modern.receive()
        assert (partial["type"], partial["version"]) == ("read_receipt", 4)
        assert hers.ping() == [{"type": "pong", "version": 4}]

        his.send(type="read", up_to=third.pk)

        whole = modern.receive()
        assert whole["version"] == 5
        assert hers.receive() == whole
        after = there(bob).send(conversation.pk, "Thanks").json()
        assert hers.receive() == {"type": "new_message", "message": after}


def test_older_client_gets_the_receipt_of_a_side_whose_reader_has_answered(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    phone = there(bob)
    with here(alice).knock_by_query(conversation.pk) as hers:
        hers.ping()
        phone.send(conversation.pk, "An answer before the receipt")
        phone.read(conversation.pk)

        types = [hers.receive()["type"] for _ in range(2)]

    assert types == ["new_message", "read_receipt"]


def test_older_client_that_resumes_gets_only_whole_receipts(
    here: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    second, _ = write(alice, conversation, "Second", "Third")
    reader, sender = here(bob), here(alice)
    reader.read(conversation.pk, up_to=second.pk)
    url = f"{sender.server.socket_url}{conversation.pk}/?since=3&token={sender.token}"

    with Socket(url) as partly_read:
        assert partly_read.ping() == [{"type": "pong", "version": 4}]
    reader.read(conversation.pk)
    with Socket(url) as all_read:
        *receipts, pong = all_read.ping()

    assert [(each["type"], each["version"]) for each in receipts] == [
        ("read_receipt", 4),
        ("read_receipt", 5),
    ]
    assert pong == {"type": "pong", "version": 5}


def test_older_client_of_the_reader_gets_its_own_read_mark_at_once(
    here: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    write(alice, conversation, "Second")
    with here(bob).knock_by_query(conversation.pk) as his:
        his.ping()
        his.send(type="read", up_to=conversation.last_message_id)

        assert his.receive()["type"] == "conversation_read"


def test_read_without_unread_messages_is_not_announced(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    teller = here(alice)
    with teller.socket(conversation.pk) as hers, there(bob).socket(conversation.pk) as his:
        hers.send(type="read")
        assert hers.ping() == [{"type": "pong", "version": 1}]

        after = teller.send(conversation.pk, "After").json()

        assert hers.receive() == his.receive() == {"type": "new_message", "message": after}
        assert after["version"] == 2


def test_read_of_an_impersonator_is_refused_and_marks_nothing(
    server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    looking = Person(server, impersonate(bob, by=alice)[1])
    with looking.socket(conversation.pk) as socket:
        socket.send(type="read")

        assert socket.receive() == {
            "type": "error",
            "detail": "You are viewing another person's account: you can read everything,"
            " but change nothing.",
            "code": "impersonation_read_only",
        }
        assert socket.ping() == [{"type": "pong", "version": 1}]
    assert Message.objects.unread().count() == 1
