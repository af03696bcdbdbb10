from messaging.models import Conversation, Message
from tests.factories import impersonate
from tests.live.conftest import Join
from tests.live.people import Person
from tests.live.server import WebServer
from users.models import User


def indicator(user: User, is_typing: bool) -> dict[str, object]:
    return {"type": "typing_indicator", "user_id": user.pk, "is_typing": is_typing}


def test_typing_reaches_only_the_other_side(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    his = there(bob)
    with here(alice).socket(conversation.pk) as hers, his.socket(conversation.pk) as own:
        own.send(type="typing", is_typing=True)
        own.send(type="typing", is_typing=False)
        after = his.send(conversation.pk, "Done typing").json()

        assert hers.receive() == indicator(bob, True)
        assert hers.receive() == indicator(bob, False)
        assert hers.receive() == {"type": "new_message", "message": after}
        assert own.receive() == {"type": "new_message", "message": after}


def test_typing_is_not_stored(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    with here(alice).socket(conversation.pk) as hers, there(bob).socket(conversation.pk) as his:
        his.send(type="typing", is_typing=True)
        hers.receive()

        conversation.refresh_from_db()

        assert (conversation.version, Message.objects.count()) == (1, 1)


def test_typing_ten_thousand_times_does_not_arrive_ten_thousand_times(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    his = there(bob)
    with here(alice).socket(conversation.pk) as hers, his.socket(conversation.pk) as flooding:
        flooding.flood({"type": "typing", "is_typing": True}, times=10_000)
        assert flooding.close_code() == 4008

        his.send(conversation.pk, "Done typing")
        *typing, _ = hers.receive_until("new_message")

        assert typing[0] == indicator(bob, True)
        assert len(typing) < 10


def test_typing_within_the_burst_arrives_once_a_second(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    his = there(bob)
    with here(alice).socket(conversation.pk) as hers, his.socket(conversation.pk) as own:
        own.flood({"type": "typing", "is_typing": True}, times=30)
        own.ping()
        his.send(conversation.pk, "Done typing")

        *typing, _ = hers.receive_until("new_message")

        assert typing[0] == indicator(bob, True)
        assert len(typing) < 5


def test_typing_of_an_impersonator_is_refused(
    server: WebServer, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    looking = Person(server, impersonate(bob, by=alice)[1])
    with there(alice).socket(conversation.pk) as hers, looking.socket(conversation.pk) as socket:
        socket.send(type="typing", is_typing=True)

        assert socket.receive()["code"] == "impersonation_read_only"
        sent = looking.send(conversation.pk, "Not me either")
        assert (sent.status_code, sent.json()["code"]) == (403, "impersonation_read_only")
        after = there(bob).send(conversation.pk, "Me").json()
        assert hers.receive() == {"type": "new_message", "message": after}
