"""Messages that answer another message."""

import json
from functools import partial
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from messaging import frames, selectors
from messaging.models import Conversation, Message
from messaging.services.changing import renew_replies
from messaging.services.deleting import delete_message
from messaging.services.editing import edit_message
from messaging.services.posting import post_message
from messaging.services.removing import remove_message
from tests.conftest import Client
from tests.factories import make_person, make_trainee, open_conversation, write
from tests.messaging.bodies import NOT_FOUND, message_body, sender_body
from tests.refusals import refusal
from users.models import User

NO_MESSAGE = refusal("This conversation has no such message.", "message_not_found")
CLIENT_ID = "11111111-2222-4333-8444-555555555555"


def url(conversation: Conversation, end: str = "send") -> str:
    return f"/api/messaging/conversations/{conversation.pk}/{end}/"


def quote(message: Message, preview: str | None) -> dict[str, Any]:
    return {
        "id": message.pk,
        "sender": sender_body(message.sender),
        "preview": preview,
        "is_deleted": preview is None,
        "kind": "deleted" if preview is None else "text",
    }


@pytest.fixture
def question(alice: User, conversation: Conversation) -> Message:
    return write(alice, conversation, "Squats at six? " + "x" * 100)[0]


def test_reply_quotes_the_beginning_of_the_message_it_answers(
    api: Client, alice: User, bob: User, conversation: Conversation, question: Message
) -> None:
    body = {"content": "Yes", "reply_to": str(question.pk), "client_id": CLIENT_ID}
    api.as_user(bob)

    sent, repeat = api.post(url(conversation), body), api.post(url(conversation), body)

    reply = Message.objects.get(content="Yes")
    expected = message_body(reply) | {"reply_to": quote(question, question.content[:100])}
    assert (sent.status_code, sent.json()) == (201, expected)
    assert (repeat.status_code, repeat.json()) == (200, expected)
    for reader in (alice, bob):
        page = api.as_user(reader).get(url(conversation, "messages")).json()
        assert page["results"][0] == expected
        (frame,) = frames.replay(selectors.get_replay(reader, conversation.pk, 2), reader.pk)
        assert json.loads(frame) == {"type": "new_message", "message": expected}


@pytest.mark.parametrize("number", [1, 30])
def test_replies_are_renewed_in_order_by_one_statement(
    number: int,
    alice: User,
    bob: User,
    conversation: Conversation,
    question: Message,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    answer = partial(
        post_message, sender=bob, conversation_id=conversation.pk, reply_to=question.pk
    )
    replies = [answer(content=f"Yes {each}").message.pk for each in range(number)]
    deleted = answer(content="No").message.pk
    delete_message(by=bob, conversation_id=conversation.pk, message_id=deleted)
    conversation.refresh_from_db()
    before = conversation.version
    edit_message(
        editor=alice, conversation_id=conversation.pk, message_id=question.pk, content="At six?"
    )

    versions = Message.objects.filter(reply_to=question).order_by("pk")
    assert list(versions.values_list("pk", "version", "content_version")) == [
        (pk, version, version) for version, pk in enumerate(replies, before + 2)
    ]
    conversation.refresh_from_db()
    assert conversation.version == before + 1 + number
    with django_assert_num_queries(2):
        renew_replies(conversation, question.pk)
    assert conversation.version == before + 1 + 2 * number


def test_reply_to_a_deleted_message_is_sent(
    api: Client, bob: User, conversation: Conversation, question: Message
) -> None:
    remove_message(message_id=question.pk, reason="Reported", by=make_person("root"))

    sent = api.as_user(bob).post(url(conversation), {"content": "Yes", "reply_to": question.pk})

    assert (sent.status_code, sent.json()["reply_to"]) == (201, quote(question, None))


def test_first_message_after_a_removal_can_be_a_reply(
    api: Client, alice: User, bob: User, conversation: Conversation, question: Message
) -> None:
    body = {"trainee_id": bob.pk, "content": "Well?", "reply_to": question.pk}

    started = api.as_user(alice).post("/api/messaging/conversations/start/", body)

    assert started.status_code == 201
    assert started.json()["message"]["reply_to"]["id"] == question.pk


@pytest.mark.parametrize("unknown", [2**62, "999999"])
def test_reply_to_an_unknown_message_is_not_found(
    api: Client, bob: User, conversation: Conversation, unknown: Any
) -> None:
    refused = api.as_user(bob).post(url(conversation), {"content": "Yes", "reply_to": unknown})

    assert (refused.status_code, refused.json()) == (404, NO_MESSAGE)
    assert Message.objects.count() == 1


def test_reply_to_a_message_of_another_conversation_is_not_found(
    api: Client, alice: User, bob: User, charlie: User, conversation: Conversation
) -> None:
    other = open_conversation(alice, make_trainee("eve", alice)).messages.get()

    for sender, expected in ((alice, NO_MESSAGE), (bob, NO_MESSAGE), (charlie, NOT_FOUND)):
        body = {"content": "Yes", "reply_to": other.pk}
        refused = api.as_user(sender).post(url(conversation), body)
        assert (refused.status_code, refused.json()) == (404, expected)
    assert Message.objects.count() == 2


@pytest.mark.parametrize("wrong", [0, -1, 1.5, True, "x", [1], 2**63])
def test_reply_to_something_else_is_invalid(
    api: Client, bob: User, conversation: Conversation, wrong: Any
) -> None:
    refused = api.as_user(bob).post(url(conversation), {"content": "Yes", "reply_to": wrong})

    assert (refused.status_code, list(refused.json())) == (400, ["reply_to"])


def test_edited_reply_is_replayed_with_the_present_quote(
    alice: User, bob: User, conversation: Conversation, question: Message
) -> None:
    answer = post_message(
        sender=bob, conversation_id=conversation.pk, content="Yse", reply_to=question.pk
    ).message
    edit_message(editor=bob, conversation_id=conversation.pk, message_id=answer.pk, content="Yes")
    edit_message(editor=alice, conversation_id=conversation.pk, message_id=question.pk, content="?")
    question.refresh_from_db()

    since = question.version
    (frame,) = frames.replay(selectors.get_replay(bob, conversation.pk, since), bob.pk)

    told = json.loads(frame)
    assert (told["type"], told["reply_to"]) == ("message_edited", quote(question, "?"))
