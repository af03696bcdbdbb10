"""GET messaging/conversations/?search=."""

from typing import Any

import pytest

from messaging.models import Conversation
from messaging.services.archiving import archive_conversations_for_trainee
from tests.conftest import Client
from tests.factories import make_trainee, open_conversation
from tests.messaging.bodies import conversation_body, page_body
from tests.messaging.crowd import make_crowd
from trainer.services.trainees import remove_trainee
from users.models import User

URL = "/api/messaging/conversations/"


@pytest.fixture
def jose(alice: User) -> Conversation:
    trainee = make_trainee("jose", alice, first_name="José", last_name="O\u2019Brien-Łukasz")
    return open_conversation(alice, trainee, "Hola")


def list_ids(api: Client, search: str, **params: Any) -> list[int]:
    response = api.get(URL, {"search": search, **params})
    assert response.status_code == 200
    return [each["id"] for each in response.json()["results"]]


@pytest.mark.parametrize(
    "search",
    [
        "jose",
        "JOSÉ",
        "Jose\u0301",
        "o'brien",
        "brien lukasz",
        " lukasz  jos ",
        "jose@example.com",
        "e@ex",
    ],
)
def test_conversation_is_found_by_the_other_persons_name(
    api: Client, alice: User, conversation: Conversation, jose: Conversation, search: str
) -> None:
    assert list_ids(api.as_user(alice), search) == [jose.pk]


@pytest.mark.parametrize(
    "search", ["josex", "jose bob", "alice", "hola", "%", "_", "\0", "'", "x" * 5000]
)
def test_other_conversations_are_left_out(
    api: Client, alice: User, conversation: Conversation, jose: Conversation, search: str
) -> None:
    expected = [jose.pk] if search == "'" else []

    assert list_ids(api.as_user(alice), search) == expected


def test_found_conversation_is_described_as_in_the_list(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    entry = conversation_body(conversation, preview="Hello", unread=1)

    response = api.as_user(bob).get(URL, {"search": "alice"})

    assert response.json() == page_body(entry, count=1)
    assert api.get(URL, {"search": " "}).json() == page_body(entry, count=1)
    assert api.get(URL, {"search": "bob"}).json() == page_body(count=0)


def test_results_have_pages(api: Client, alice: User) -> None:
    make_crowd(alice, 60)
    api.as_user(alice)

    pages = [api.get(URL, {"search": "member", "page": number}).json() for number in (1, 2)]

    assert [each["count"] for each in pages] == [60, 60]
    assert pages[0]["next"] == f"http://testserver{URL}?page=2&search=member"
    ids = [row["id"] for each in pages for row in each["results"]]
    assert ids == [
        row["id"] for number in (1, 2) for row in api.get(URL, {"page": number}).json()["results"]
    ]


def test_archive_is_searched_by_the_names_of_then(
    api: Client, alice: User, bob: User, conversation: Conversation, jose: Conversation
) -> None:
    remove_trainee(trainer=alice, trainee_id=bob.pk)
    User.objects.filter(pk=bob.pk).update(first_name="Renamed", email="renamed@example.com")
    api.as_user(alice)

    assert list_ids(api, "bob", archived="true") == [conversation.pk]
    assert list_ids(api, "renamed", archived="true") == []
    assert list_ids(api, "jose", archived="true") == []
    assert list_ids(api, "bob") == []
    assert list_ids(api.as_user(bob), "alice", archived="true") == []


def test_deleted_account_is_not_found_by_a_name(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    archive_conversations_for_trainee(trainer=alice, trainee=bob)
    bob.delete()

    for search in ("bob", "removed"):
        assert list_ids(api.as_user(alice), search, archived="true") == []
