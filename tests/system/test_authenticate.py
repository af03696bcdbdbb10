from datetime import timedelta

from messaging.models import Conversation
from tests.factories import access_of, impersonate
from tests.system.conftest import Join
from tests.system.people import Person
from tests.system.server import WebServer
from tests.system.tokens import make_token
from users.models import User
from users.tokens import TokenPair

BAD_TOKEN = {
    "type": "error",
    "detail": "The token is not valid or has expired.",
    "code": "token_not_valid",
}


def test_new_token_keeps_a_socket_open_past_the_old_ones_expiry(
    deaf_server: WebServer, deaf: Join, bob: User, conversation: Conversation
) -> None:
    short = make_token(bob, timedelta(seconds=3))
    guest = Person(deaf_server, TokenPair(short, ""))
    with guest.socket(conversation.pk) as renewed, guest.inbox() as inbox, guest.inbox() as lapsing:
        renewed.send(type="authenticate", token=access_of(bob))
        inbox.send(type="authenticate", token=access_of(bob))

        assert lapsing.close_code() == 4001

        assert renewed.ping() == [{"type": "pong", "version": 1}]
        assert inbox.ping() == [{"type": "pong"}]


def test_invalid_or_foreign_token_changes_nothing(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    bad = ("abc", make_token(bob, timedelta(seconds=-1)), access_of(alice))
    with there(alice).socket(conversation.pk) as hers, here(bob).socket(conversation.pk) as his:
        for token in bad:
            his.send(type="authenticate", token=token)
        assert his.ping() == [BAD_TOKEN] * 3 + [{"type": "pong", "version": 1}]

        his.send(type="typing", is_typing=True)

        assert hers.receive()["user_id"] == bob.pk


def test_token_of_an_impersonator_makes_an_open_socket_read_only(
    here: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    looking = impersonate(bob, by=alice)[1].access
    with here(bob).socket(conversation.pk) as socket:
        socket.send(type="authenticate", token=looking)
        socket.send(type="read")

        assert socket.receive()["code"] == "impersonation_read_only"
        assert socket.ping() == [{"type": "pong", "version": 1}]
