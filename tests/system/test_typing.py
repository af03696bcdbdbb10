import time
from collections.abc import Callable, Iterator

import pytest

from messaging.models import Conversation, Message
from tests.factories import access_of, impersonate, tokens_of
from tests.system.conftest import Join
from tests.system.people import Frame, Person, Socket, eventually
from tests.system.server import WebServer
from users.models import User

pytestmark = pytest.mark.unmeasured

TYPING = {"type": "typing", "is_typing": True}
HELD_KEY_FRAMES = 300
"""The number of frames that a key held for 10 s causes: five times the burst of other frames."""

by_each_sign_in = pytest.mark.parametrize("knock", [Person.knock, Person.knock_by_query])


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


@by_each_sign_in
def test_typing_frames_of_a_held_key_are_dropped_and_the_socket_stays_open(
    here: Join,
    there: Join,
    alice: User,
    bob: User,
    conversation: Conversation,
    knock: Callable[..., Socket],
) -> None:
    with here(alice).socket(conversation.pk) as hers, knock(there(bob), conversation.pk) as his:
        his.flood(TYPING, times=HELD_KEY_FRAMES)

        assert his.ping() == [{"type": "pong", "version": 1}]
        assert hers.receive() == indicator(bob, True)


def test_other_side_sees_that_a_held_key_continues(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    his = there(bob)
    with here(alice).socket(conversation.pk) as hers, his.socket(conversation.pk) as own:
        for _ in range(120):
            own.send(**TYPING)
            time.sleep(1 / 30)
        own.send(type="typing", is_typing=False)
        own.ping()
        his.send(conversation.pk, "Done typing")
        *typing, _ = hers.receive_until("new_message")

    assert len(typing) >= 4  # the key was held for 4 s
    assert typing == [indicator(bob, True)] * (len(typing) - 1) + [indicator(bob, False)]


def test_held_key_does_not_use_the_budget_of_other_frames(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    with here(alice).socket(conversation.pk) as hers, there(bob).socket(conversation.pk) as his:
        his.flood(TYPING, times=HELD_KEY_FRAMES)
        his.send(type="authenticate", token=access_of(bob))
        his.send(type="read")
        for _ in range(50):
            his.send(type="ping")
        answers = [his.receive() for _ in range(51)]

        assert answers[0]["type"] == "conversation_read"
        assert answers[1:] == [{"type": "pong", "version": 2}] * 50
        assert hers.receive_until("read_receipt")[0] == indicator(bob, True)


@pytest.mark.parametrize("is_typing", [True, False])
def test_last_typing_state_past_the_budget_arrives(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation, is_typing: bool
) -> None:
    with here(alice).socket(conversation.pk) as hers, there(bob).socket(conversation.pk) as his:
        for number in range(HELD_KEY_FRAMES):
            his.send(type="typing", is_typing=number % 2 == 0)
        his.send(type="typing", is_typing=not is_typing)
        his.send(type="typing", is_typing=is_typing)
        his.ping()
        time.sleep(0.5)  # five times the longest wait for the budget
        told: list[Frame] = []

        def is_told() -> bool | None:
            told.extend(hers.ping()[:-1])
            return told[-1] == indicator(bob, is_typing) or None

        assert eventually(is_told)
        assert len(told) < 100


@pytest.fixture
def strict_server(transactional_db: None) -> Iterator[WebServer]:
    """A web process that accepts one frame per second."""
    with WebServer(SOCKET_FRAME_BURST="1", SOCKET_FRAMES_PER_SECOND="1") as server:
        yield server


def test_typing_state_past_the_budget_is_announced_when_the_budget_allows(
    strict_server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    her, him = (Person(strict_server, tokens_of(user)) for user in (alice, bob))
    with her.socket(conversation.pk) as hers, him.socket(conversation.pk) as his:
        his.send(**TYPING)
        his.send(type="typing", is_typing=False)
        assert hers.receive() == indicator(bob, True)
        assert hers.receive() == indicator(bob, False)

        his.send(**TYPING)
        his.send(type="typing", is_typing=False)
        his.send(**TYPING)
        assert hers.receive() == indicator(bob, True)


def test_flood_of_other_frames_closes_with_4008_while_typing(
    here: Join, bob: User, conversation: Conversation
) -> None:
    with here(bob).socket(conversation.pk) as socket:
        socket.flood(TYPING, times=HELD_KEY_FRAMES)
        socket.flood({"type": "dance"}, times=200)

        assert socket.close_code() == 4008


def test_invalid_typing_frames_past_the_budget_get_no_error(
    here: Join, bob: User, conversation: Conversation
) -> None:
    with here(bob).socket(conversation.pk) as socket:
        socket.flood({"type": "typing", "is_typing": "yes"}, times=HELD_KEY_FRAMES)
        *errors, pong = socket.ping()

        assert {error["code"] for error in errors} == {"invalid"}
        assert 60 <= len(errors) < 200
        assert pong == {"type": "pong", "version": 1}


def test_held_key_of_an_impersonator_is_refused_and_the_socket_stays_open(
    server: WebServer, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    looking = Person(server, impersonate(bob, by=alice)[1])
    with there(alice).socket(conversation.pk) as hers, looking.socket(conversation.pk) as socket:
        socket.flood(TYPING, times=HELD_KEY_FRAMES)
        *errors, _ = socket.ping()

        assert {error["code"] for error in errors} == {"impersonation_read_only"}
        assert hers.ping() == [{"type": "pong", "version": 1}]


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


def test_held_key_does_not_close_the_inbox(here: Join, bob: User) -> None:
    with here(bob).inbox() as inbox:
        inbox.flood(TYPING, times=HELD_KEY_FRAMES)
        *errors, pong = inbox.ping()

        assert {error["code"] for error in errors} == {"unknown_type"}
        assert 60 <= len(errors) < 200
        assert pong == {"type": "pong"}
