"""Servers whose clocks differ accept each other's tokens, and agree on what has expired."""

import re
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
from pytest_django.plugin import DjangoDbBlocker

from messaging.models import Conversation
from tests.factories import PASSWORD, tokens_of
from tests.system.conftest import NO_PUSH
from tests.system.people import Person, eventually
from tests.system.server import ServerAhead, WebServer
from users.models import User
from users.tokens import TokenPair

pytestmark = pytest.mark.unmeasured

A_LITTLE = pytest.param(
    2.0, marks=pytest.mark.embedded_only("seconds matter to tokens, which need no database")
)
AHEAD = (A_LITTLE, 600.0)
NOBODY = TokenPair("", "")
COOKIE = "refresh_token"

Pair = tuple[WebServer, WebServer]


@pytest.fixture(scope="module", params=AHEAD)
def clocks(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    mailbox: Path,
) -> Iterator[Pair]:
    """A server with the right time, and one whose clock is some seconds ahead."""
    environment = {**NO_PUSH, "EMAIL_URL": f"filemail:///{mailbox}"}
    with django_db_blocker.unblock():
        right, ahead = WebServer(**environment), ServerAhead(request.param, **environment)
    with right, ahead:
        yield right, ahead


@pytest.fixture(params=["ahead", "behind"])
def issuer_and_other(request: pytest.FixtureRequest, clocks: Pair, transactional_db: None) -> Pair:
    """The process that issues the tokens, with its clock ahead or behind; and the other process."""
    right, ahead = clocks
    return (ahead, right) if request.param == "ahead" else (right, ahead)


def sign_in(server: WebServer, user: User) -> TokenPair:
    """Start a session, and return tokens for it that the server has issued."""
    refresh = tokens_of(user).refresh  # this saves the server from hashing a password for 0.3 s
    return TokenPair(**Person(server, NOBODY).post("auth/jwt/refresh/", refresh=refresh).json())


def made_at(token: str) -> int:
    return int(jwt.decode(token, options={"verify_signature": False})["iat"])


@pytest.mark.usefixtures("transactional_db")
def test_clock_of_one_server_is_ahead(clocks: Pair, alice: User) -> None:
    right, ahead = (made_at(sign_in(server, alice).access) for server in clocks)

    assert ahead > right + 1


def link_in(mailbox: Path) -> tuple[str, str] | None:
    """Remove the e-mail with a reset link from the folder, and return the link's uid and token."""
    for path in mailbox.iterdir():
        if found := re.search(r"#uid=([\w-]+)&token=([\w-]+)", path.read_text()):
            path.unlink()
            return found[1], found[2]
    return None


def test_tokens_of_one_server_are_valid_at_the_other(issuer_and_other: Pair, bob: User) -> None:
    issuer, other = issuer_and_other
    tokens = sign_in(issuer, bob)

    there = Person(other, tokens)

    assert there.get("auth/users/me/").status_code == 200
    for token in (tokens.access, tokens.refresh):
        assert there.post("auth/jwt/verify/", token=token).status_code == 200
    renewed = there.post("auth/jwt/refresh/", refresh=tokens.refresh)
    assert renewed.status_code == 200
    assert Person(issuer, TokenPair(**renewed.json())).get("auth/users/me/").status_code == 200


def test_sockets_accept_tokens_of_the_other_server(
    issuer_and_other: Pair, alice: User, bob: User, conversation: Conversation
) -> None:
    issuer, other = issuer_and_other
    there = Person(other, sign_in(issuer, bob))

    with there.inbox() as inbox, there.socket(conversation.pk) as thread:
        thread.send(type="authenticate", token=sign_in(issuer, bob).access)

        assert thread.ping() == [{"type": "pong", "version": 1}]
        assert inbox.ping() == [{"type": "pong"}]


def test_impersonation_started_at_one_server_continues_at_the_other(
    issuer_and_other: Pair, alice: User, bob: User, conversation: Conversation
) -> None:
    issuer, other = issuer_and_other
    started = Person(issuer, sign_in(issuer, alice)).post(f"trainer/impersonate/{bob.pk}/start/")

    impersonator = Person(other, TokenPair(started.json()["access"], started.json()["refresh"]))

    assert impersonator.get("auth/users/me/").json()["id"] == bob.pk
    assert impersonator.post("auth/jwt/refresh/", refresh=impersonator.refresh).status_code == 200
    with impersonator.socket(conversation.pk) as thread:
        assert impersonator.post("trainer/impersonate/end/").json() == {"sessions_ended": 1}
        assert thread.close_code() == 4001


@pytest.mark.usefixtures("real_passwords")
def test_cookie_of_one_server_is_valid_at_the_other(issuer_and_other: Pair, bob: User) -> None:
    issuer, other = issuer_and_other
    body = {"email": bob.email, "password": PASSWORD, "cookie": True}
    browser = Person(issuer, NOBODY)
    raw = browser.post("auth/jwt/create/", **body).cookies[COOKIE]

    headers = {"Cookie": f"{COOKIE}={raw}"}
    renewed = Person(other, NOBODY).http.post("auth/jwt/refresh/", json={}, headers=headers)

    assert renewed.status_code == 200


def test_reset_link_of_one_server_is_valid_at_the_other(
    issuer_and_other: Pair, bob: User, mailbox: Path
) -> None:
    """Any server may send the e-mail, so all of them write to the same folder."""
    issuer, other = issuer_and_other
    for earlier in mailbox.iterdir():
        earlier.unlink()
    Person(issuer, NOBODY).post("auth/users/reset_password/", email=bob.email)

    uid, token = eventually(lambda: link_in(mailbox))
    body = {"uid": uid, "token": token, "new_password": "another-long-secret-2"}
    confirmed = Person(other, NOBODY).post("auth/users/reset_password_confirm/", **body)
    assert confirmed.status_code == 204


def test_sign_out_at_one_server_applies_at_the_other(
    issuer_and_other: Pair, bob: User, conversation: Conversation
) -> None:
    issuer, other = issuer_and_other
    there = Person(other, sign_in(issuer, bob))
    with there.socket(conversation.pk) as thread:
        Person(issuer, NOBODY).post("auth/jwt/blacklist/", refresh=there.refresh)

        assert thread.close_code() == 4001
    assert there.get("auth/users/me/").status_code == 401


def test_messages_of_servers_whose_clocks_differ_keep_their_order(
    issuer_and_other: Pair, alice: User, bob: User, conversation: Conversation
) -> None:
    first, second = issuer_and_other
    hers, his = Person(first, sign_in(first, alice)), Person(second, sign_in(second, bob))

    hers.send(conversation.pk, "One").raise_for_status()
    his.send(conversation.pk, "Two").raise_for_status()

    newest = hers.messages(conversation.pk).json()["results"][:2]
    assert [each["content"] for each in newest] == ["Two", "One"]
    assert newest[0]["created_at"] >= newest[1]["created_at"]
