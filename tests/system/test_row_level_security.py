"""A table of every socket path in the router, and of the people who may open it."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from messaging.models import Conversation
from messaging.routing import sockets
from tests.factories import (
    impersonate,
    make_person,
    make_trainee,
    open_conversation,
    tokens_of,
)
from tests.system.people import Person, Socket
from tests.system.server import WebServer
from trainer.services.trainees import remove_trainee
from users.models import User
from users.tokens import TokenPair

OPEN = "open"
EXPECTED: dict[str, dict[str, int | str]] = {
    "ws/messaging/": {
        "trainer": OPEN,
        "trainee": OPEN,
        "impersonator": OPEN,
        "nobody": 4001,
        "stranger trainee": OPEN,
        "another trainer": OPEN,
        "impersonator of another": OPEN,
        "admin": OPEN,
        "removed trainee": OPEN,
        "trainer of the removed trainee": OPEN,
        "deactivated user": 4001,
    },
    "ws/messaging/<id:conversation_id>/": {
        "trainer": OPEN,
        "trainee": OPEN,
        "impersonator": OPEN,
        "nobody": 4001,
        "stranger trainee": 4003,
        "another trainer": 4003,
        "impersonator of another": 4003,
        "admin": 4003,
        "removed trainee": 4003,
        "trainer of the removed trainee": 4003,
        "deactivated user": 4001,
    },
}
CATCH_ALL = ""
ROUTES = [str(cast(Any, route).pattern) for route in sockets.routes]

Guest = tuple[TokenPair, Conversation]
"""A person's tokens, and the conversation whose socket they try to open."""


@pytest.fixture
def guests(
    transactional_db: None,
    alice: User,
    bob: User,
    charlie: User,
    dora: User,
    conversation: Conversation,
) -> dict[str, Guest]:
    removed, deactivated = make_trainee("erik", alice), make_trainee("fred", alice)
    archived, of_deactivated = (
        open_conversation(alice, removed),
        open_conversation(alice, deactivated),
    )
    admin = make_person("admin", role=User.Role.ADMIN, is_staff=True, is_superuser=True)
    remove_trainee(trainer=alice, trainee_id=removed.pk)
    dead = tokens_of(deactivated)
    User.objects.filter(pk=deactivated.pk).update(is_active=False)
    return {
        "trainer": (tokens_of(alice), conversation),
        "trainee": (tokens_of(bob), conversation),
        "impersonator": (impersonate(bob, by=alice)[1], conversation),
        "nobody": (TokenPair("", ""), conversation),
        "stranger trainee": (tokens_of(charlie), conversation),
        "another trainer": (tokens_of(dora), conversation),
        "impersonator of another": (impersonate(charlie, by=dora)[1], conversation),
        "admin": (tokens_of(admin), conversation),
        "removed trainee": (tokens_of(removed), archived),
        "trainer of the removed trainee": (tokens_of(alice), archived),
        "deactivated user": (dead, of_deactivated),
    }


@pytest.mark.parametrize("route", [route for route in ROUTES if route != CATCH_ALL])
def test_socket_accepts_only_permitted_users(
    server: WebServer, guests: dict[str, Guest], route: str
) -> None:
    outcomes = {who: knock(server, route, guest) for who, guest in guests.items()}

    assert outcomes == EXPECTED[route]


def knock(server: WebServer, route: str, guest: Guest) -> int | str | None:
    tokens, conversation = guest
    path = route.replace("<id:conversation_id>", str(conversation.pk))
    with Socket(f"ws://127.0.0.1:{server.port}/{path}", tokens.access) as socket:
        return socket.outcome()


def test_table_has_every_path_and_the_last_route_closes_all_others() -> None:
    assert [*EXPECTED, CATCH_ALL] == ROUTES


def test_inbox_of_a_removed_or_unrelated_person_does_not_show_the_conversation(
    server: WebServer, guests: dict[str, Guest]
) -> None:
    strangers = [
        "stranger trainee",
        "another trainer",
        "impersonator of another",
        "admin",
        "removed trainee",
    ]

    first = {who: first_frames(server, guests[who][0]) for who in strangers}

    nothing = [{"type": "unread_count", "unread_count": 0}, {"type": "pong"}]
    assert first == dict.fromkeys(strangers, nothing)


def first_frames(server: WebServer, tokens: TokenPair) -> list[dict[str, Any]]:
    with Person(server, tokens).knock() as inbox:
        return inbox.ping()


REFUSED: list[Callable[[Person, int], int]] = [
    lambda guest, pk: guest.messages(pk).status_code,
    lambda guest, pk: guest.send(pk, "Let me in").status_code,
    lambda guest, pk: guest.read(pk).status_code,
]


def test_rest_refuses_whatever_a_socket_refuses(
    server: WebServer, guests: dict[str, Guest]
) -> None:
    strangers = ["stranger trainee", "another trainer", "admin", "removed trainee"]

    for who in strangers:
        tokens, conversation = guests[who]
        answers = [ask(Person(server, tokens), conversation.pk) for ask in REFUSED]
        assert (who, answers) == (who, [404, 404, 404])
