"""GET messaging/conversations/<id>/messages/."""

from typing import Any

import pytest

from messaging.models import Conversation, Message
from messaging.services.archiving import archive_conversations_for_trainee
from messaging.services.reading import mark_read
from tests.conftest import Client
from tests.factories import write
from tests.messaging.bodies import NOT_FOUND, message_body, page_body
from tests.messaging.crowd import make_crowd
from tests.refusals import refusal
from users.models import User


def url_of(conversation: Conversation) -> str:
    return f"/api/messaging/conversations/{conversation.pk}/messages/"


def bodies(*messages: Message) -> list[dict[str, Any]]:
    return [message_body(each) for each in messages]


def test_messages_are_newest_first_for_both_sides(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    second = write(bob, conversation, "Line one\nline two")[0]
    mark_read(reader=bob, conversation_id=conversation.pk)

    for user in (alice, bob):
        response = api.as_user(user).get(url_of(conversation))
        first = Message.objects.get(content="Hello")
        assert response.status_code == 200
        assert response.json() == page_body(*bodies(second, first), count=2)


def test_times_have_microseconds_and_z(api: Client, bob: User, conversation: Conversation) -> None:
    Message.objects.update(created_at="2025-02-15T12:00:00+02:00")

    message = api.as_user(bob).get(url_of(conversation)).json()["results"][0]

    assert message["created_at"] == "2025-02-15T10:00:00.000000Z"


def test_messages_page_by_20_with_absolute_links(api: Client, alice: User) -> None:
    conversation = make_crowd(alice, 1, messages=45)[0]
    url = f"http://testserver{url_of(conversation)}"
    api.as_user(alice)

    pages = [api.get(url_of(conversation), {"page": number}).json() for number in (1, 2, 3)]

    assert [(each["count"], each["previous"], each["next"]) for each in pages] == [
        (45, None, f"{url}?page=2"),
        (45, url, f"{url}?page=3"),
        (45, f"{url}?page=2", None),
    ]
    assert api.get(url_of(conversation)).json() == pages[0]
    ids = [message["id"] for each in pages for message in each["results"]]
    assert ids == list(Message.objects.order_by("-pk").values_list("pk", flat=True))


@pytest.mark.parametrize("page", ["0", "-1", "2", "x", "\0", str(10**30)])
def test_invalid_page_is_not_found(
    api: Client, alice: User, conversation: Conversation, page: str
) -> None:
    response = api.as_user(alice).get(url_of(conversation), {"page": page})

    assert response.status_code == 404
    assert response.json() == refusal("Invalid page.", "not_found")


def test_messages_before_an_id_can_be_paged_to_the_beginning(api: Client, alice: User) -> None:
    conversation = make_crowd(alice, 1, messages=130)[0]
    newest_first = list(Message.objects.order_by("-pk"))
    api.as_user(alice)

    first = api.get(url_of(conversation), {"before": newest_first[0].pk}).json()
    second = api.get(first["next"]).json()

    link = f"http://testserver{url_of(conversation)}?before={newest_first[100].pk}"
    assert first == {**page_body(*bodies(*newest_first[1:101])), "next": link}
    assert second == page_body(*bodies(*newest_first[101:]))


def test_messages_after_an_id_can_be_paged_to_the_newest(api: Client, alice: User) -> None:
    conversation = make_crowd(alice, 1, messages=6)[0]
    m1, m2, m3, m4, m5, m6 = Message.objects.order_by("pk")
    api.as_user(alice)

    first = api.get(url_of(conversation), {"after": m1.pk, "limit": 3}).json()
    second = api.get(first["next"]).json()

    link = f"http://testserver{url_of(conversation)}?after={m4.pk}&limit=3"
    assert first == {**page_body(*bodies(m4, m3, m2)), "next": link}
    assert second == page_body(*bodies(m6, m5))


def test_changes_since_a_version_include_the_conversations_version(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    first, second = Message.objects.get(), write(alice, conversation, "Second")[0]
    mark_read(reader=bob, conversation_id=conversation.pk, up_to=first.pk)
    api.as_user(alice)

    changes = api.get(url_of(conversation), {"since": 1}).json()
    nothing = api.get(url_of(conversation), {"since": 3}).json()

    assert changes == page_body(*bodies(second, first), version=3)
    assert nothing == page_body(version=3)


def test_changes_of_one_version_can_be_paged(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    messages = [*Message.objects.all(), *write(alice, conversation, *"2345")]
    mark_read(reader=bob, conversation_id=conversation.pk)
    api.as_user(bob)

    page = api.get(url_of(conversation), {"since": 0, "limit": 2}).json()
    found = page["results"]
    while page["next"]:
        page = api.get(page["next"]).json()
        found += page["results"]

    assert found == bodies(*messages)
    assert page == page_body(found[-1], version=6)


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ({"since": "x"}, {"since": ["A valid integer is required."]}),
        ({"before": "-1"}, {"before": ["Ensure this value is greater than or equal to 0."]}),
        ({"after": "1.5"}, {"after": ["A valid integer is required."]}),
        ({"before": "\0"}, {"before": ["A valid integer is required."]}),
        (
            {"after": str(2**63)},
            {"after": [f"Ensure this value is less than or equal to {2**63 - 1}."]},
        ),
        ({"limit": "101"}, {"limit": ["Ensure this value is less than or equal to 100."]}),
        (
            {"before": "1", "after": "1"},
            {"non_field_errors": ["Use only one of before, after, since, around and at."]},
        ),
    ],
)
def test_invalid_key_is_refused(
    api: Client, alice: User, conversation: Conversation, query: dict[str, str], body: Any
) -> None:
    response = api.as_user(alice).get(url_of(conversation), query)

    assert (response.status_code, response.json()) == (400, body)


def test_archived_messages_are_visible_to_the_trainer_only(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    archive_conversations_for_trainee(trainer=alice, trainee=bob)

    hers = api.as_user(alice).get(url_of(conversation))
    his = api.as_user(bob).get(url_of(conversation))

    assert hers.json() == page_body(*bodies(Message.objects.get()), count=1)
    assert (his.status_code, his.json()) == (404, NOT_FOUND)


@pytest.mark.parametrize("query", [{}, {"since": 0}, {"before": 10**9}, {"after": 0}])
def test_messages_are_not_found_by_charlie(
    api: Client, charlie: User, conversation: Conversation, query: dict[str, int]
) -> None:
    response = api.as_user(charlie).get(url_of(conversation), query)

    assert (response.status_code, response.json()) == (404, NOT_FOUND)
