"""A user with more sockets than `SOCKETS_PER_USER`, whose client never closes any."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from websockets.exceptions import InvalidStatus

from messaging.models import Conversation
from tests.factories import tokens_of
from tests.system.conftest import Join
from tests.system.people import Person, Socket
from tests.system.server import WebServer
from users.models import User

Knock = Callable[..., Socket]

by_each_sign_in = pytest.mark.parametrize("knock", [Person.knock, Person.knock_by_query])


@pytest.fixture
def held() -> Iterator[ExitStack]:
    """Collects the sockets that a test holds open, and closes them when the test ends."""
    with ExitStack() as stack:
        yield stack


@by_each_sign_in
def test_21st_socket_of_a_user_works_and_the_longest_idle_one_is_closed(
    here: Join, alice: User, bob: User, conversation: Conversation, held: ExitStack, knock: Knock
) -> None:
    her, guest = here(alice), here(bob)
    inbox = held.enter_context(guest.inbox())
    threads = [held.enter_context(knock(guest, conversation.pk)) for _ in range(19)]
    her.send(conversation.pk, "What arrives makes no socket busy")
    *busy, idle, last = threads
    for thread in (*busy, last):
        thread.ping()

    newest = held.enter_context(knock(guest, conversation.pk))

    assert idle.close_code() == 4008
    assert newest.ping() == [{"type": "pong", "version": 2}]
    sent = her.send(conversation.pk, "To all that are left").json()
    assert newest.receive() == {"type": "new_message", "message": sent}
    assert [thread.outcome() for thread in (inbox, *busy, last)] == ["open"] * 19
    assert held.enter_context(her.knock()).outcome() == "open"


def test_21st_socket_gets_the_missed_messages(
    here: Join, bob: User, conversation: Conversation, held: ExitStack
) -> None:
    guest = here(bob)
    for _ in range(20):
        held.enter_context(guest.socket(conversation.pk))

    newest = held.enter_context(guest.knock(conversation.pk, "?since=0"))

    missed, pong = newest.ping()
    assert (missed["type"], missed["message"]["version"]) == ("new_message", 1)
    assert pong == {"type": "pong", "version": 1}


def test_inbox_makes_room_only_if_there_is_no_thread(
    here: Join, bob: User, conversation: Conversation, held: ExitStack
) -> None:
    guest = here(bob)
    inboxes = [held.enter_context(guest.inbox()) for _ in range(19)]
    thread = held.enter_context(guest.socket(conversation.pk))

    assert held.enter_context(guest.knock()).outcome() == "open"

    assert thread.close_code() == 4008
    assert [inbox.outcome() for inbox in inboxes] == ["open"] * 19


def test_21st_inbox_closes_the_longest_idle_one(here: Join, bob: User, held: ExitStack) -> None:
    guest = here(bob)
    first, *others = [held.enter_context(guest.inbox()) for _ in range(20)]
    first.ping()

    assert held.enter_context(guest.knock()).outcome() == "open"

    idle, *busy = others
    assert idle.close_code() == 4008
    assert [inbox.outcome() for inbox in (first, *busy)] == ["open"] * 19


@by_each_sign_in
def test_25_sockets_that_reconnect_when_closed_settle(
    here: Join, bob: User, conversation: Conversation, held: ExitStack, knock: Knock
) -> None:
    guest = here(bob)
    sockets = [held.enter_context(knock(guest, conversation.pk)) for _ in range(25)]
    reconnects = []

    for _ in range(5):
        closed = [number for number, each in enumerate(sockets) if each.outcome() != "open"]
        for number in closed:
            sockets[number] = held.enter_context(knock(guest, conversation.pk))
        reconnects.append(len(closed))

    assert reconnects == [1, 0, 0, 0, 0]


@pytest.mark.django_db(transaction=True)
def test_socket_past_five_times_the_limit_is_refused_while_all_are_in_use(
    bob: User, conversation: Conversation, held: ExitStack
) -> None:
    server = held.enter_context(WebServer(SOCKETS_PER_USER="2"))
    guest = Person(server, tokens_of(bob))
    evicted, *others = [held.enter_context(guest.socket(conversation.pk)) for _ in range(11)]
    assert evicted.close_code() == 4008

    assert guest.knock(conversation.pk).close_code() == 4008
    with pytest.raises(InvalidStatus) as raised:
        guest.knock_by_query(conversation.pk)

    answer = raised.value.response
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert json.loads(answer.body)["code"] == "throttled"
    assert [socket.outcome() for socket in others] == ["open"] * 10
    others[0].close()
    assert guest.knock_by_query(conversation.pk).outcome() == "open"
