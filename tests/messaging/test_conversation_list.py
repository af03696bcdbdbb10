"""GET messaging/conversations/ and GET messaging/unread-count/."""

from typing import Any

import pytest

from messaging.models import Conversation
from messaging.services.archiving import archive_conversations_for_trainee
from tests.conftest import Client
from tests.factories import make_person, make_trainee, open_conversation, write
from tests.messaging.bodies import conversation_body, page_body
from tests.messaging.crowd import make_crowd
from tests.refusals import refusal
from users.models import User

URL = "/api/messaging/conversations/"
UNREAD_URL = "/api/messaging/unread-count/"
EMPTY = page_body(count=0)


def test_list_shows_each_side_its_own_conversations(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    write(alice, conversation, "x" * 101)

    for user, unread in ((alice, 0), (bob, 2)):
        response = api.as_user(user).get(URL)
        entry = conversation_body(conversation, preview="x" * 100, unread=unread)
        assert (response.status_code, response.json()) == (200, page_body(entry, count=1))


def test_preview_does_not_cut_an_emoji_in_two(
    api: Client, alice: User, conversation: Conversation
) -> None:
    write(alice, conversation, "x" * 97 + "👨\u200d👩\u200d👧 and more")

    (entry,) = api.as_user(alice).get(URL).json()["results"]

    assert entry["last_message_preview"] == "x" * 97


def test_list_is_sorted_by_newest_activity(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    other = open_conversation(alice, make_trainee("eve", alice))
    write(bob, conversation, "Newest")

    response = api.as_user(alice).get(URL)

    assert response.json() == page_body(
        conversation_body(conversation, preview="Newest", unread=1),
        conversation_body(other, preview="Hello", unread=0),
        count=2,
    )


def test_conversation_without_a_message_is_last(
    api: Client, alice: User, conversation: Conversation
) -> None:
    empty = Conversation.objects.create(trainer=alice, trainee=make_trainee("eve", alice))
    newest = open_conversation(alice, make_trainee("fred", alice))

    results = api.as_user(alice).get(URL).json()["results"]

    assert [each["id"] for each in results] == [newest.pk, conversation.pk, empty.pk]


def test_archived_list_is_the_trainers_only(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    archive_conversations_for_trainee(trainer=alice, trainee=bob)

    entry = conversation_body(conversation, preview="Hello", unread=0)
    api.as_user(alice)
    assert api.get(URL, {"archived": "true"}).json() == page_body(entry, count=1)
    assert api.get(URL).json() == EMPTY
    api.as_user(bob)
    assert api.get(URL, {"archived": "true"}).json() == EMPTY
    assert api.get(URL).json() == EMPTY


@pytest.mark.parametrize("archived", ["", "false", "x", "\0"])
def test_archived_list_needs_the_word_true(
    api: Client, alice: User, conversation: Conversation, archived: str
) -> None:
    response = api.as_user(alice).get(URL, {"archived": archived})

    assert response.json()["count"] == 1


@pytest.mark.parametrize("who", ["charlie", "dora", "admin"])
def test_list_of_a_stranger_is_empty(
    api: Client, charlie: User, dora: User, conversation: Conversation, who: str
) -> None:
    admin = make_person("root", role=User.Role.ADMIN)
    user = {"charlie": charlie, "dora": dora, "admin": admin}[who]

    response = api.as_user(user).get(URL)

    assert (response.status_code, response.json()) == (200, EMPTY)


def test_list_pages_by_50_with_absolute_links(api: Client, alice: User) -> None:
    make_crowd(alice, 101)
    api.as_user(alice)
    url = f"http://testserver{URL}"

    pages = [api.get(URL, {"page": number}).json() for number in (1, 2, 3)]

    links = [(each["count"], each["previous"], each["next"]) for each in pages]
    assert links == [
        (101, None, f"{url}?page=2"),
        (101, url, f"{url}?page=3"),
        (101, f"{url}?page=2", None),
    ]
    ids = [entry["id"] for each in pages for entry in each["results"]]
    assert [len(each["results"]) for each in pages] == [50, 50, 1]
    assert len(set(ids)) == 101


def test_page_links_keep_the_query(api: Client, alice: User) -> None:
    make_crowd(alice, 51)
    Conversation.objects.update(is_archived=True)

    page = api.as_user(alice).get(URL, {"archived": "true"}).json()

    assert page["next"] == f"http://testserver{URL}?archived=true&page=2"


@pytest.mark.parametrize("page", ["0", "-1", "2", "x", "1.5", "\0", str(10**30)])
def test_invalid_page_is_not_found(
    api: Client, alice: User, conversation: Conversation, page: str
) -> None:
    response = api.as_user(alice).get(URL, {"page": page})

    assert response.status_code == 404
    assert response.json() == refusal("Invalid page.", "not_found")


def test_unread_count_covers_own_active_conversations(
    api: Client, alice: User, bob: User, charlie: User, conversation: Conversation
) -> None:
    eve = make_trainee("eve", alice)
    write(eve, open_conversation(alice, eve), "Bye")
    write(bob, conversation, "One", "Two")
    archive_conversations_for_trainee(trainer=alice, trainee=eve)

    answers: list[Any] = [api.as_user(user).get(UNREAD_URL) for user in (alice, bob, eve, charlie)]

    assert {each.status_code for each in answers} == {200}
    assert [each.json() for each in answers] == [{"unread_count": n} for n in (2, 1, 0, 0)]
