"""POST to start/, send/ and read/ below messaging/conversations/."""

from typing import Any

import pytest

from messaging.models import Conversation, Message
from messaging.services.archiving import archive_conversations_for_trainee
from tests.conftest import Client
from tests.factories import impersonate, write
from tests.messaging.bodies import (
    ARCHIVED,
    NO_TRAINEE,
    NOT_FOUND,
    READ_ONLY,
    message_body,
    moment,
)
from tests.refusals import refusal
from users.models import User

START = "/api/messaging/conversations/start/"
CLIENT_ID = "11111111-2222-4333-8444-555555555555"
INVISIBLE = "This has no visible characters. Please write something."


def send_url(conversation: Conversation) -> str:
    return f"/api/messaging/conversations/{conversation.pk}/send/"


def read_url(conversation: Conversation) -> str:
    return f"/api/messaging/conversations/{conversation.pk}/read/"


def test_start_returns_conversation_and_message(api: Client, alice: User, bob: User) -> None:
    response = api.as_user(alice).post(START, {"trainee_id": bob.pk, "content": " Hello\n"})

    message = Message.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "conversation_id": message.conversation_id,
        "message": message_body(message),
        "is_new_conversation": True,
    }
    assert message.content == "Hello"


def test_start_again_is_no_new_conversation_and_a_repeat_is_200(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    body = {"trainee_id": bob.pk, "content": "Again", "client_id": CLIENT_ID}
    api.as_user(alice)

    first, repeat = api.post(START, body), api.post(START, body)

    message = Message.objects.get(content="Again")
    assert (first.status_code, repeat.status_code) == (201, 200)
    assert first.json() == repeat.json()
    assert first.json() == {
        "conversation_id": conversation.pk,
        "message": message_body(message),
        "is_new_conversation": False,
    }


def test_start_by_trainee_is_refused(api: Client, bob: User) -> None:
    response = api.as_user(bob).post(START, {"trainee_id": bob.pk, "content": "Hi"})

    assert response.status_code == 403
    assert response.json() == refusal("Only a trainer can start a conversation.", "trainer_only")


def test_start_with_charlie_is_not_found_like_an_unknown_id(
    api: Client, alice: User, charlie: User
) -> None:
    api.as_user(alice)

    answers = [
        api.post(START, {"trainee_id": trainee_id, "content": "Hi"})
        for trainee_id in (charlie.pk, alice.pk, 2**63 - 1)
    ]

    assert [(each.status_code, each.json()) for each in answers] == [(404, NO_TRAINEE)] * 3


def test_send_returns_the_message(api: Client, bob: User, conversation: Conversation) -> None:
    body = {"content": " one\n\ntwo \t", "client_id": CLIENT_ID}
    response = api.as_user(bob).post(send_url(conversation), body)

    message = Message.objects.get(sender=bob)
    assert (response.status_code, response.json()) == (201, message_body(message))
    assert (message.content, str(message.client_id)) == ("one\n\ntwo", CLIENT_ID)


def test_repeated_send_returns_200_and_the_first_message(
    api: Client, bob: User, conversation: Conversation
) -> None:
    api.as_user(bob)
    first = api.post(send_url(conversation), {"content": "1", "client_id": CLIENT_ID})

    again = api.post(send_url(conversation), {"content": "2", "client_id": CLIENT_ID})

    assert (again.status_code, again.json()) == (200, first.json())
    assert Message.objects.filter(sender=bob).count() == 1


@pytest.mark.parametrize("content", ["🏋" * 2000, "  " + "x" * 2000 + "\n", "\u200b.", "é"])
def test_content_of_up_to_2000_code_points_is_sent(
    api: Client, bob: User, conversation: Conversation, content: str
) -> None:
    response = api.as_user(bob).post(send_url(conversation), {"content": content})

    assert (response.status_code, response.json()["content"]) == (201, content.strip())


@pytest.mark.parametrize(
    ("content", "stored"),
    [
        ("Jose\u0301", "José"),
        ("e\u0301" * 2000, "é" * 2000),
        ("\u03b1\u0313\u0300\u0345" * 2000, "\u1f82" * 2000),
        ("\u0958", "\u0915\u093c"),
        ("\u0958" * 2000, "\u0958" * 2000),
    ],
)
def test_content_is_composed_unless_only_that_form_is_too_long(
    api: Client, bob: User, conversation: Conversation, content: str, stored: str
) -> None:
    response = api.as_user(bob).post(send_url(conversation), {"content": content})

    assert (response.status_code, response.json()["content"]) == (201, stored)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "This field may not be blank."),
        (" \n\t\u00a0", "This field may not be blank."),
        ("\u0085", "This field may not be blank."),
        ("\u200b \u3164", INVISIBLE),
        ("\u202e", INVISIBLE),
        ("\u0007", INVISIBLE),
        (None, "This field may not be null."),
        (5, "Not a valid string."),
        (True, "Not a valid string."),
        (["x"], "Not a valid string."),
        ("a\0b", "Null characters are not allowed."),
        ("🏋" * 2001, "Ensure this field has no more than 2000 characters."),
        ("\u200b" * 8001, "Ensure this field has no more than 2000 characters."),
    ],
)
def test_invalid_content_is_refused(
    api: Client, alice: User, bob: User, conversation: Conversation, content: Any, reason: str
) -> None:
    api.as_user(alice)

    sent = api.post(send_url(conversation), {"content": content})
    started = api.post(START, {"trainee_id": bob.pk, "content": content})

    assert (sent.status_code, sent.json()) == (400, {"content": [reason]})
    assert (started.status_code, started.json()) == (400, {"content": [reason]})
    assert Message.objects.count() == 1


@pytest.mark.parametrize("client_id", ["", "x", 5, True, {}, "11111111-2222-4333-8444"])
def test_invalid_client_id_is_refused(
    api: Client, bob: User, conversation: Conversation, client_id: Any
) -> None:
    body = {"content": "Hi", "client_id": client_id}
    response = api.as_user(bob).post(send_url(conversation), body)

    assert (response.status_code, list(response.json())) == (400, ["client_id"])


def test_archived_conversation_is_read_only_for_the_trainer_and_hidden_from_the_trainee(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    archive_conversations_for_trainee(trainer=alice, trainee=bob)

    hers = api.as_user(alice).post(send_url(conversation), {"content": "Hi"})
    his = api.as_user(bob).post(send_url(conversation), {"content": "Hi"})
    read = api.post(read_url(conversation))

    assert (hers.status_code, hers.json()) == (403, ARCHIVED)
    assert (his.status_code, his.json()) == (404, NOT_FOUND)
    assert (read.status_code, read.json()) == (404, NOT_FOUND)


def test_send_to_deleted_person_is_refused(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    bob.delete()

    response = api.as_user(alice).post(send_url(conversation), {"content": "Hi"})

    assert response.status_code == 403
    assert response.json() == refusal(
        "The other person's account was deleted, so nobody would receive this message.",
        "participant_gone",
    )


def test_send_to_deactivated_person_is_refused(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)

    response = api.as_user(alice).post(send_url(conversation), {"content": "Hi"})

    assert response.status_code == 403
    assert response.json() == refusal(
        "This person's account is deactivated, so they would not receive this message.",
        "participant_deactivated",
    )


def test_read_returns_number_and_time(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    second = write(alice, conversation, "Second", "Third")[0]

    response = api.as_user(bob).post(read_url(conversation), {"up_to": second.pk})

    second.refresh_from_db()
    assert response.status_code == 200
    assert response.json() == {
        "conversation_id": conversation.pk,
        "messages_marked": 2,
        "read_at": moment(second.read_at),
    }


def test_read_without_body_marks_all_and_again_marks_nothing(
    api: Client, bob: User, conversation: Conversation
) -> None:
    api.as_user(bob)

    marked = [api.post(read_url(conversation)).json()["messages_marked"] for _ in range(2)]

    assert marked == [1, 0]


def test_read_up_to_a_foreign_message_is_not_found(
    api: Client, bob: User, conversation: Conversation
) -> None:
    response = api.as_user(bob).post(read_url(conversation), {"up_to": 2**63 - 1})

    assert response.status_code == 404
    assert response.json() == refusal("This conversation has no such message.", "message_not_found")


@pytest.mark.parametrize("url_of", [send_url, read_url])
def test_writes_are_not_found_by_charlie(
    api: Client, charlie: User, conversation: Conversation, url_of: Any
) -> None:
    response = api.as_user(charlie).post(url_of(conversation), {"content": "Hi"})

    assert (response.status_code, response.json()) == (404, NOT_FOUND)
    assert Message.objects.filter(read_at=None).count() == 1


def test_impersonator_writes_nothing(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    _, tokens = impersonate(bob, by=alice)
    api.with_token(tokens.access)

    answers = [
        api.post(url, {"content": "Hi", "trainee_id": bob.pk})
        for url in (START, send_url(conversation), read_url(conversation))
    ]

    assert [(each.status_code, each.json()) for each in answers] == [(403, READ_ONLY)] * 3
    assert Message.objects.filter(read_at=None).count() == 1


@pytest.mark.parametrize("value", ["{}", " {}", "{}.0", "+{}", "-{}", "", "x", "\u0663", "1" * 30])
def test_id_may_be_a_string_of_digits_only(api: Client, alice: User, bob: User, value: str) -> None:
    text = value.format(bob.pk)

    answer = api.as_user(alice).post(START, {"trainee_id": text, "content": "Hi"})

    assert answer.status_code == (201 if text == str(bob.pk) else 400)


def test_read_up_to_a_string_of_digits(api: Client, bob: User, conversation: Conversation) -> None:
    answer = api.as_user(bob).post(
        read_url(conversation), {"up_to": str(conversation.last_message_id)}
    )

    assert (answer.status_code, answer.json()["messages_marked"]) == (200, 1)
