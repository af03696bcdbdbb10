"""PUT and DELETE of a reaction: one emoji on a message, for both people."""

import json
from functools import partial
from urllib.parse import quote

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from messaging import frames, selectors
from messaging.models import Conversation, Message, Reaction
from messaging.services.deleting import delete_message
from messaging.services.reacting import add_reaction
from messaging.services.reading import mark_read
from tests.conftest import Client
from tests.factories import write
from tests.jobs.running import run_due
from tests.messaging.announcements import list_events
from tests.messaging.bodies import NOT_FOUND, message_body
from tests.messaging.parallel import run_at_once
from tests.privacy.people import begin
from tests.refusals import refusal
from users.models import User

NOT_AN_EMOJI = refusal("A reaction has to be one emoji.", "not_an_emoji")
TOO_MANY = refusal("A message can have up to 6 different reactions.", "too_many_reactions")
DELETED = refusal("This message was deleted.", "message_deleted")


def url(message: Message, emoji: str) -> str:
    path = f"conversations/{message.conversation_id}/messages/{message.pk}"
    return f"/api/messaging/{path}/reactions/{quote(emoji, safe='')}/"


def react(message: Message, by: User, emoji: str) -> Message:
    return add_reaction(
        by=by, conversation_id=message.conversation_id, message_id=message.pk, emoji=emoji
    )


@pytest.fixture
def message(bob: User, conversation: Conversation) -> Message:
    return write(bob, conversation, "Done!")[0]


def test_reactions_are_listed_by_emoji_for_both_people(
    api: Client,
    alice: User,
    bob: User,
    message: Message,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    react(message, alice, "👍")
    react(message, alice, "❤️")

    with django_capture_on_commit_callbacks() as callbacks:
        put = api.as_user(bob).put(url(message, "👍"))

    reactions = [
        {"emoji": "👍", "user_ids": [alice.pk, bob.pk]},
        {"emoji": "❤️", "user_ids": [alice.pk]},
    ]
    expected = message_body(message) | {"reactions": reactions}
    assert (put.status_code, put.json()) == (200, expected)
    assert (message.version, message.content_version, message.reaction_version) == (5, 2, 5)
    page = f"/api/messaging/conversations/{message.conversation_id}/messages/"
    for reader in (alice, bob):
        assert api.as_user(reader).get(page).json()["results"][0] == expected
    frame = {
        "type": "message_reacted",
        "message_id": message.pk,
        "reactions": reactions,
        "version": 5,
    }
    told = [(group, json.loads(event["frame"])) for group, event in list_events(callbacks)]
    assert told == [(f"user.{each.pk}", frame) for each in (alice, bob)]


def test_reaction_is_taken_away(api: Client, alice: User, bob: User, message: Message) -> None:
    react(message, alice, "👍")
    react(message, bob, "👍")

    gone = api.as_user(bob).delete(url(message, "👍"))
    none_left = api.as_user(alice).delete(url(message, "👍"))

    assert gone.json()["reactions"] == [{"emoji": "👍", "user_ids": [alice.pk]}]
    assert (none_left.status_code, none_left.json()) == (200, message_body(message))
    assert (message.extras, message.reaction_version) == (0, 6)


def test_repetition_changes_nothing(
    api: Client, bob: User, conversation: Conversation, message: Message
) -> None:
    api.as_user(bob)

    first, repeat = (api.put(url(message, "🎉")).json() for _ in range(2))
    gone, gone_again = (api.delete(url(message, "🎉")).json() for _ in range(2))

    conversation.refresh_from_db()
    assert (first, gone) == (repeat, gone_again)
    assert conversation.version == 4


def test_message_has_up_to_six_kinds(api: Client, alice: User, bob: User, message: Message) -> None:
    for emoji in "👍😂😮😢🙏🔥":
        react(message, bob, emoji)
    api.as_user(alice)

    refused, known = api.put(url(message, "🎉")), api.put(url(message, "🔥"))

    assert (refused.status_code, refused.json()) == (400, TOO_MANY)
    assert (known.status_code, len(known.json()["reactions"])) == (200, 6)


@pytest.mark.parametrize("emoji", ["👍", "👍🏽", "❤️", "👨‍👩‍👧‍👦", "🇩🇪", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "☺"])
def test_reaction_can_be_any_emoji(api: Client, bob: User, message: Message, emoji: str) -> None:
    put = api.as_user(bob).put(url(message, emoji))

    assert put.json()["reactions"] == [{"emoji": emoji, "user_ids": [bob.pk]}]


@pytest.mark.parametrize(
    "text",
    ["a", "👍👍", "👍 ", "ä", "1", "\0", "\u200d", "\ufe0f", "👍" + "\u200d👍" * 40, "🇩", "%"],
)
def test_anything_else_is_refused(api: Client, bob: User, message: Message, text: str) -> None:
    for refused in (api.as_user(bob).put(url(message, text)), api.delete(url(message, text))):
        assert (refused.status_code, refused.json()) == (400, NOT_AN_EMOJI)
    assert not Reaction.objects.exists()


def test_stranger_cannot_react(api: Client, charlie: User, message: Message) -> None:
    refused = api.as_user(charlie).put(url(message, "👍"))

    assert (refused.status_code, refused.json()) == (404, NOT_FOUND)


def test_deleted_message_has_no_reactions(
    api: Client, alice: User, bob: User, message: Message
) -> None:
    delete_message(by=bob, conversation_id=message.conversation_id, message_id=message.pk)

    refused = api.as_user(alice).put(url(message, "👍"))

    assert (refused.status_code, refused.json()) == (403, DELETED)
    assert api.delete(url(message, "👍")).json() == message_body(message)


def test_reaction_is_replayed_beside_an_edit_and_a_receipt(
    alice: User, bob: User, conversation: Conversation, message: Message
) -> None:
    react(message, alice, "👍")
    mark_read(reader=alice, conversation_id=conversation.pk)

    def replay(since: int) -> list[tuple[str, int]]:
        missed = frames.replay(selectors.get_replay(bob, conversation.pk, since), bob.pk)
        told = [json.loads(each) for each in missed]
        return [(each["type"], each.get("message", each)["version"]) for each in told]

    assert replay(2) == [("message_reacted", 3), ("read_receipt", 4)]
    assert replay(1) == [("new_message", 2), ("message_reacted", 3), ("read_receipt", 4)]
    assert replay(3) == [("read_receipt", 4)]


def test_reactions_of_an_erased_person_are_gone(
    alice: User, bob: User, conversation: Conversation, message: Message
) -> None:
    react(message, alice, "👍")
    react(message, bob, "👍")
    begin(bob)
    run_due()

    missed = frames.replay(selectors.get_replay(alice, conversation.pk, 4), alice.pk)

    left = list(Reaction.objects.values_list("user", "emoji"))
    assert left == [(alice.pk, "👍")]
    told = [json.loads(each) for each in missed]
    reacted = [each["reactions"] for each in told if each["type"] == "message_reacted"]
    assert reacted == [[{"emoji": "👍", "user_ids": [alice.pk]}]]


def test_reactions_of_a_deleted_account_are_gone(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    message = conversation.messages.get()
    react(message, bob, "👍")

    bob.delete()

    message.refresh_from_db()
    assert (message.extras, message.reaction_version, message.version) == (0, 3, 3)
    page = f"/api/messaging/conversations/{conversation.pk}/messages/?since=2"
    (changed,) = api.as_user(alice).get(page).json()["results"]
    assert changed["reactions"] == []


@pytest.mark.django_db(transaction=True)
def test_parallel_reactions_keep_to_the_limit(
    alice: User, bob: User, conversation: Conversation, message: Message
) -> None:
    emoji = "👍😂😮😢🙏🔥🎉💪"

    _, refused = run_at_once([partial(react, message, bob, each) for each in emoji])

    conversation.refresh_from_db()
    assert len(refused) == 2
    assert (Reaction.objects.count(), conversation.version) == (6, 8)
