"""GET messaging/conversations/<id>/."""

import pytest
from pytest_django import DjangoAssertNumQueries

from messaging.models import Conversation
from messaging.services.archiving import archive_conversations_for_trainee
from tests.conftest import Client
from tests.factories import impersonate, write
from tests.messaging.bodies import NOT_FOUND, conversation_body
from users.models import User

LIST = "/api/messaging/conversations/"


def url_of(conversation: Conversation) -> str:
    return f"{LIST}{conversation.pk}/"


def test_each_side_gets_the_row_of_its_list(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    write(alice, conversation, "x" * 101)

    for user, unread in ((alice, 0), (bob, 2)):
        response = api.as_user(user).get(url_of(conversation))
        body = conversation_body(conversation, preview="x" * 100, unread=unread)
        assert (response.status_code, response.json()) == (200, body)
        assert api.get(LIST).json()["results"] == [body]


def test_stranger_gets_the_response_for_a_missing_conversation(
    api: Client, charlie: User, conversation: Conversation
) -> None:
    api.as_user(charlie)

    for pk in (conversation.pk, 2**62):
        response = api.get(f"{LIST}{pk}/")
        assert (response.status_code, response.json()) == (404, NOT_FOUND)


def test_archived_conversation_is_shown_to_its_trainer_only(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    archive_conversations_for_trainee(trainer=alice, trainee=bob)

    shown = api.as_user(alice).get(url_of(conversation)).json()

    assert shown == api.get(LIST, {"archived": "true"}).json()["results"][0]
    assert shown["is_archived"] is True
    assert api.as_user(bob).get(url_of(conversation)).status_code == 404


def test_impersonator_reads_as_the_person(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    _, tokens = impersonate(bob, by=alice)

    response = api.with_token(tokens.access).get(url_of(conversation))

    assert (response.status_code, response.json()["unread_count"]) == (200, 1)


@pytest.mark.parametrize("messages", [0, 29])
def test_conversation_takes_two_queries(
    api: Client,
    alice: User,
    bob: User,
    conversation: Conversation,
    messages: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    write(alice, conversation, *["Hi"] * messages)
    api.as_user(bob)

    with django_assert_num_queries(2):
        api.get(url_of(conversation))
