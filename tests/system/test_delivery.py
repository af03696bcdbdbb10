import pytest

from messaging.models import Conversation
from tests.factories import open_conversation
from tests.system.conftest import Join
from users.models import User


@pytest.mark.postgres_only("the embedded set-up has one process")
def test_message_arrives_on_a_socket_of_the_other_process(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    assert here(alice).server is not there(bob).server
    with there(bob).socket(conversation.pk) as socket:
        sent = here(alice).send(conversation.pk, "Squats at six").json()

        assert socket.receive() == {"type": "new_message", "message": sent}


def test_message_arrives_on_the_senders_other_devices(
    here: Join, there: Join, alice: User, conversation: Conversation
) -> None:
    with here(alice).socket(conversation.pk) as phone, there(alice).socket(conversation.pk) as desk:
        sent = here(alice).send(conversation.pk, "From the phone").json()

        assert phone.receive() == {"type": "new_message", "message": sent}
        assert desk.receive() == {"type": "new_message", "message": sent}


def test_message_arrives_on_every_socket_while_others_open_and_close(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    her, his = here(alice), there(bob)
    with his.socket(conversation.pk) as phone:
        with his.socket(conversation.pk) as desk:
            first = her.send(conversation.pk, "On both").json()
            assert phone.receive() == desk.receive() == {"type": "new_message", "message": first}

        second = her.send(conversation.pk, "On the phone").json()
        assert phone.receive() == {"type": "new_message", "message": second}

    with his.socket(conversation.pk) as phone:
        third = her.send(conversation.pk, "On the phone again").json()
        assert phone.receive() == {"type": "new_message", "message": third}


def test_message_stays_in_its_conversation(
    here: Join, there: Join, alice: User, bob: User, charlie: User, dora: User
) -> None:
    theirs, others = open_conversation(alice, bob), open_conversation(dora, charlie)
    with there(charlie).socket(others.pk) as socket:
        here(alice).send(theirs.pk, "Not for Charlie")

        meant = here(dora).send(others.pk, "For Charlie").json()

        assert socket.receive() == {"type": "new_message", "message": meant}


def test_message_can_be_read_as_soon_as_it_is_announced(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    listener = there(bob)
    with listener.socket(conversation.pk) as socket:
        here(alice).send(conversation.pk, "Stored first")

        announced = socket.receive()["message"]

        assert listener.messages(conversation.pk).json()["results"][0] == announced


def test_pong_has_the_version(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    with there(bob).socket(conversation.pk) as socket:
        assert socket.ping() == [{"type": "pong", "version": 1}]

        here(alice).send(conversation.pk, "Second")
        socket.receive()

        assert socket.ping() == [{"type": "pong", "version": 2}]


def test_pong_of_an_inbox_has_no_version(here: Join, bob: User) -> None:
    with here(bob).inbox() as inbox:
        assert inbox.ping() == [{"type": "pong"}]
