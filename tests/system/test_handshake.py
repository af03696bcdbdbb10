import json
from collections.abc import Callable
from functools import partial

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from messaging.models import Conversation
from messaging.services.archiving import archive_conversations
from tests.backends import find_free_port
from tests.factories import tokens_of
from tests.system.conftest import ALLOWED_ORIGIN, Join
from tests.system.people import Frame, Person, Socket
from tests.system.server import WebServer
from tests.system.tokens import BAD_TOKENS
from users.models import User
from users.tokens import TokenPair


def test_token_as_sub_protocol_signs_in_and_bearer_is_accepted(
    here: Join, bob: User, conversation: Conversation
) -> None:
    with here(bob).knock(conversation.pk) as socket:
        assert socket.connection.subprotocol == "bearer"
        assert socket.ping() == [{"type": "pong", "version": 1}]


def test_token_in_the_query_signs_in_without_a_sub_protocol(
    here: Join, server: WebServer, bob: User, conversation: Conversation
) -> None:
    url = f"{server.socket_url}{conversation.pk}/?token={here(bob).token}"

    with Socket(url) as socket:
        assert socket.connection.subprotocol is None
        assert socket.ping() == [{"type": "pong", "version": 1}]


@pytest.mark.parametrize("make_token", BAD_TOKENS)
def test_invalid_token_closes_with_4001(
    server: WebServer, bob: User, conversation: Conversation, make_token: Callable[[User], str]
) -> None:
    token = make_token(bob)
    guest = Person(server, TokenPair(token, ""))

    codes = [
        guest.knock(conversation.pk).close_code(),
        guest.knock().close_code(),
        Socket(f"{server.socket_url}{conversation.pk}/?token={token}").close_code(),
        Socket(f"{server.socket_url}?token={token}").close_code(),
    ]

    assert codes == [4001] * 4


def test_refusal_selects_the_sub_protocol_so_that_browsers_see_the_code(server: WebServer) -> None:
    with Person(server, TokenPair("bad", "")).knock() as socket:
        assert socket.connection.subprotocol == "bearer"
        assert socket.close_code() == 4001


@pytest.mark.parametrize("path", [10**12, 2**63, 10**30, 0, "-1", "x", "1/2"])
def test_unknown_conversation_closes_with_4003(here: Join, bob: User, path: object) -> None:
    assert here(bob).knock(path).close_code() == 4003


@pytest.mark.parametrize("path", ["/", "/ws/", "/ws/other/", "/ws/messaging", "/api/schema/"])
def test_unknown_path_closes_with_4003(server: WebServer, path: str) -> None:
    assert Socket(f"ws://127.0.0.1:{server.port}{path}").close_code() == 4003


def test_stranger_gets_the_close_of_an_unknown_conversation(
    here: Join, charlie: User, dora: User, conversation: Conversation
) -> None:
    assert here(charlie).knock(conversation.pk).close_code() == 4003
    assert here(dora).knock(conversation.pk).close_code() == 4003
    assert here(dora).knock(conversation.pk + 1).close_code() == 4003


def test_archived_conversation_closes_with_4003_for_both_sides(
    here: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    archive_conversations(Conversation.objects.all())

    assert here(alice).knock(conversation.pk).close_code() == 4003
    assert here(bob).knock(conversation.pk).close_code() == 4003


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", f"{ALLOWED_ORIGIN}.evil.example", "http://app.example.com"],
)
def test_foreign_browser_origin_is_refused(here: Join, bob: User, origin: str) -> None:
    assert here(bob).knock(origin=origin).close_code() == 4003


def test_own_and_listed_origins_are_accepted(here: Join, server: WebServer, bob: User) -> None:
    assert here(bob).knock(origin=server.url).outcome() == "open"
    assert here(bob).knock(origin=ALLOWED_ORIGIN).outcome() == "open"
    assert here(bob).knock(origin=None).outcome() == "open"


# Older clients, with `?token=`
# ------------------------------------------------------------------------------
def refusal(knock: Callable[[], Socket]) -> tuple[int, Frame, str | None]:
    """Return status, body and Retry-After of a refused handshake."""
    with pytest.raises(InvalidStatus) as raised:
        knock()
    response = raised.value.response
    return response.status_code, json.loads(response.body), response.headers.get("Retry-After")


NOT_VISIBLE = (
    403,
    {"detail": "This does not exist, or you may not see it.", "code": "permission_denied"},
    None,
)


def test_handshake_with_the_token_in_the_query_is_refused_for_4003(
    here: Join, charlie: User, dora: User, conversation: Conversation
) -> None:
    stranger = here(charlie)

    for path in (conversation.pk, conversation.pk + 1, 10**12, "0"):
        assert refusal(partial(stranger.knock_by_query, path)) == NOT_VISIBLE
    assert refusal(partial(here(dora).knock_by_query, conversation.pk)) == NOT_VISIBLE


def test_handshake_with_the_token_in_the_query_is_refused_for_an_archived_conversation(
    here: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    archive_conversations(Conversation.objects.all())

    assert refusal(partial(here(alice).knock_by_query, conversation.pk)) == NOT_VISIBLE
    assert refusal(partial(here(bob).knock_by_query, conversation.pk)) == NOT_VISIBLE


def test_refused_handshake_is_no_error_in_the_log(
    here: Join, server: WebServer, charlie: User, conversation: Conversation
) -> None:
    stranger = here(charlie)
    before = len(server.log.read_text())

    for _ in range(3):
        refusal(partial(stranger.knock_by_query, conversation.pk))
    stranger.conversations()  # the log entries of the refusals have been written by now

    written = server.log.read_text()[before:]
    assert written.count(f'{conversation.pk}/?token=[redacted]" 403') == 3
    assert "ERROR" not in written


def test_handshake_with_the_token_in_the_query_is_refused_for_a_foreign_origin(
    here: Join, bob: User
) -> None:
    knock = partial(here(bob).knock_by_query, origin="https://evil.example")

    assert refusal(knock) == NOT_VISIBLE


@pytest.mark.parametrize("path", ["/ws/", "/ws/messaging/x/", "/ws/messaging", "/"])
def test_handshake_with_a_token_in_the_query_is_refused_on_an_unknown_path(
    server: WebServer, path: str
) -> None:
    knock = partial(Socket, f"ws://127.0.0.1:{server.port}{path}?token=abc")

    assert refusal(knock) == NOT_VISIBLE


def test_open_socket_with_the_token_in_the_query_closes_with_4003_and_is_refused_afterwards(
    here: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    guest = here(bob)
    socket = guest.knock_by_query(conversation.pk)
    socket.ping()

    here(alice).post(f"trainer/trainees/{bob.pk}/remove/")

    assert socket.close_code() == 4003
    assert refusal(partial(guest.knock_by_query, conversation.pk)) == NOT_VISIBLE


def test_handshake_is_refused_instead_of_1013_only_with_the_token_in_the_query(
    bob: User, conversation: Conversation
) -> None:
    nowhere = f"postgres://nobody@127.0.0.1:{find_free_port()}/none"
    with WebServer(DATABASE_URL=nowhere, PUSH_IN_WEB="0") as server:
        guest = Person(server, tokens_of(bob))

        assert guest.knock(conversation.pk).close_code() == 1013
        assert refusal(partial(guest.knock_by_query, conversation.pk)) == (
            503,
            {"detail": "Try again in a moment.", "code": "temporarily_unavailable"},
            "2",
        )


def test_replay_comes_first_after_a_handshake_with_the_token_in_the_query(
    here: Join, bob: User, conversation: Conversation
) -> None:
    guest = here(bob)
    with Socket(f"{guest.server.socket_url}{conversation.pk}/?since=0&token={guest.token}") as his:
        missed, pong = his.ping()

    assert (missed["type"], missed["message"]["version"]) == ("new_message", 1)
    assert pong == {"type": "pong", "version": 1}


def test_closed_socket_ignores_further_frames(here: Join, bob: User) -> None:
    socket = here(bob).knock(10**12)
    assert socket.close_code() == 4003

    with pytest.raises(ConnectionClosed):
        socket.send(type="ping")
