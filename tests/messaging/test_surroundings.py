"""GET messaging/conversations/<id>/messages/?around= and ?at=."""

from datetime import timedelta
from typing import Any

import pytest

from messaging.models import Conversation, Message
from messaging.services.archiving import archive_conversations_for_trainee
from messaging.services.removing import remove_message
from tests.conftest import Client
from tests.messaging.bodies import NOT_FOUND, message_body, page_body
from tests.messaging.crowd import make_crowd
from tests.refusals import refusal
from users.models import User

MISSING = refusal("This conversation has no such message.", "message_not_found")


def url_of(conversation: Conversation) -> str:
    return f"/api/messaging/conversations/{conversation.pk}/messages/"


@pytest.fixture
def thread(alice: User) -> Conversation:
    """Nine messages, one a second, with messages of another conversation in between."""
    thread, other = make_crowd(alice, 2, messages=9)
    ids = list(
        Message.objects.order_by("created_version", "-conversation").values_list("pk", flat=True)
    )
    for pk, unused in zip(ids, range(max(ids) + 1, max(ids) + 19), strict=True):
        Conversation.objects.filter(last_message=pk).update(last_message=None)
        Message.objects.filter(pk=pk).update(id=unused)
    assert other.pk != thread.pk
    return thread


def get(api: Client, thread: Conversation, **params: Any) -> tuple[list[int], Any, Any]:
    """Return the numbers of the messages, from 1, and the links without the address of the thread."""
    response = api.get(url_of(thread), params)
    assert response.status_code == 200, response.json()
    page = response.json()
    assert page["count"] is None
    numbers = [int(each["content"].removeprefix("Message ")) for each in page["results"]]
    start = f"http://testserver{url_of(thread)}"
    links = [page[name] and page[name].removeprefix(start) for name in ("next", "previous")]
    return numbers, links[0], links[1]


def id_of(thread: Conversation, number: int) -> int:
    return Message.objects.get(conversation=thread, created_version=number).pk


def test_message_is_in_the_middle_of_its_page(
    api: Client, alice: User, thread: Conversation
) -> None:
    api.as_user(alice)

    numbers, older, newer = get(api, thread, around=id_of(thread, 5), limit=5)

    assert numbers == [7, 6, 5, 4, 3]
    assert older == f"?before={id_of(thread, 3)}&limit=5"
    assert newer == f"?after={id_of(thread, 7)}&limit=5"
    assert get(api, thread, before=id_of(thread, 3), limit=5)[0] == [2, 1]
    assert get(api, thread, after=id_of(thread, 7), limit=5)[0] == [9, 8]


@pytest.mark.parametrize(
    ("around", "limit", "expected", "has_older", "has_newer"),
    [
        (5, 1, [5], True, True),
        (5, 2, [5, 4], True, True),
        (5, 4, [6, 5, 4, 3], True, True),
        (9, 5, [9, 8, 7], True, False),
        (1, 5, [3, 2, 1], False, True),
        (5, 9, [9, 8, 7, 6, 5, 4, 3, 2, 1], False, False),
    ],
)
def test_page_ends_with_the_history(
    api: Client,
    alice: User,
    thread: Conversation,
    around: int,
    limit: int,
    expected: list[int],
    has_older: bool,
    has_newer: bool,
) -> None:
    numbers, older, newer = get(
        api.as_user(alice), thread, around=id_of(thread, around), limit=limit
    )

    assert (numbers, older is not None, newer is not None) == (expected, has_older, has_newer)


def test_both_people_get_whole_messages(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    message = Message.objects.get()

    for user in (alice, bob):
        response = api.as_user(user).get(url_of(conversation), {"around": message.pk})
        assert (response.status_code, response.json()) == (200, page_body(message_body(message)))


def test_deleted_message_is_still_a_place(api: Client, alice: User, thread: Conversation) -> None:
    pk = id_of(thread, 5)
    remove_message(message_id=pk, reason="Asked", by=alice)

    results = api.as_user(alice).get(url_of(thread), {"around": pk, "limit": 3}).json()["results"]

    assert [each["id"] for each in results] == [id_of(thread, number) for number in (6, 5, 4)]
    assert [each["is_deleted"] for each in results] == [False, True, False]


def test_message_that_is_not_there_is_not_found(
    api: Client, alice: User, thread: Conversation
) -> None:
    foreign = Message.objects.exclude(conversation=thread)[0].pk
    api.as_user(alice)

    for around in (foreign, 0, 2**40, 2**63 - 1):
        response = api.get(url_of(thread), {"around": around})
        assert (response.status_code, response.json()) == (404, MISSING)


def test_strangers_and_former_trainees_get_nothing(
    api: Client, alice: User, bob: User, charlie: User, conversation: Conversation
) -> None:
    pk = Message.objects.get().pk
    archive_conversations_for_trainee(trainer=alice, trainee=bob)

    for user in (bob, charlie):
        for params in ({"around": str(pk)}, {"at": "2025-01-01"}):
            response = api.as_user(user).get(url_of(conversation), params)
            assert (response.status_code, response.json()) == (404, NOT_FOUND)
    assert api.as_user(alice).get(url_of(conversation), {"around": pk}).status_code == 200


@pytest.mark.parametrize(
    ("number", "seconds", "expected"),
    [
        (5, 0, 5),
        (5, -0.5, 5),
        (5, 0.5, 6),
        (1, -3600, 1),
        (1, 0, 1),
        (9, 0, 9),
        (9, 60, 9),
        (2, 0, 2),
    ],
)
def test_time_shows_the_first_message_from_then_on(
    api: Client, alice: User, thread: Conversation, number: int, seconds: float, expected: int
) -> None:
    written = Message.objects.get(pk=id_of(thread, number)).created_at
    at = (written + timedelta(seconds=seconds)).isoformat()

    page = get(api.as_user(alice), thread, at=at, limit=3)

    assert page == get(api, thread, around=id_of(thread, expected), limit=3)


def test_time_in_a_zone_and_date_alone(api: Client, alice: User, thread: Conversation) -> None:
    for number in range(1, 10):
        created_at = f"2025-02-{number + 10}T23:30:00Z"
        Message.objects.filter(pk=id_of(thread, number)).update(created_at=created_at)
    api.as_user(alice)

    assert get(api, thread, at="2025-02-15T00:00:00+01:00", limit=1)[0] == [4]
    assert get(api, thread, at="2025-02-15", limit=1)[0] == [5]
    assert get(api, thread, at="2025-02-15", limit=3) == (
        [6, 5, 4],
        f"?before={id_of(thread, 4)}&limit=3",
        f"?after={id_of(thread, 6)}&limit=3",
    )


def test_time_in_an_empty_conversation_is_an_empty_page(
    api: Client, alice: User, bob: User
) -> None:
    empty = Conversation.objects.create(trainer=alice, trainee=bob)

    response = api.as_user(alice).get(url_of(empty), {"at": "2025-01-01T00:00:00Z"})

    assert (response.status_code, response.json()) == (200, page_body())


@pytest.mark.parametrize(
    "params",
    [
        {"around": "x"},
        {"around": "-1"},
        {"around": str(2**63)},
        {"around": "\0"},
        {"around": "1", "limit": "0"},
        {"around": "1", "limit": "101"},
        {"around": "1", "before": "1"},
        {"around": "1", "at": "2025-01-01"},
        {"at": "x"},
        {"at": "2025-13-01"},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"at": "\0"},
    ],
)
def test_invalid_place_is_refused(
    api: Client, alice: User, conversation: Conversation, params: dict[str, str]
) -> None:
    assert api.as_user(alice).get(url_of(conversation), params).status_code == 400


def test_unused_parameter_is_ignored(api: Client, alice: User, conversation: Conversation) -> None:
    pk = Message.objects.get().pk

    assert (
        api.as_user(alice).get(url_of(conversation), {"around": pk, "since_id": 1}).status_code
        == 200
    )
