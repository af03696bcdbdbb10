"""The frames that a client has missed since any version lead it to the state of a fresh read."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from messaging import frames, selectors
from messaging.exceptions import ConversationNotFound
from messaging.models import Conversation
from messaging.selectors import get_conversation, get_replay, list_messages
from messaging.serializers import messages_data
from messaging.services.archiving import (
    archive_conversations_for_trainee,
    reopen_conversations,
)
from messaging.services.deleting import delete_message
from messaging.services.editing import edit_message
from messaging.services.reacting import add_reaction
from messaging.services.reading import mark_read
from messaging.services.sending import send_message
from tests.factories import write
from tests.messaging.bodies import message_body, moment, wire
from users.models import User

State = dict[int, dict[str, Any]]
Change = Callable[[], object]


def read_afresh(conversation: Conversation) -> State:
    conversation = Conversation.objects.get(pk=conversation.pk)
    data = wire(messages_data(list_messages(conversation), conversation))
    return {each["id"]: each for each in data}


def replay(user: User, conversation: Conversation, since: int | None) -> list[dict[str, Any]]:
    missed = get_replay(user, conversation.pk, since)
    return [json.loads(frame) for frame in frames.replay(missed, user.pk)]


def apply(state: State, frame: dict[str, Any], user: User) -> None:
    """Apply a frame to the state, as a client does."""
    if frame["type"] == "new_message":
        state[frame["message"]["id"]] = dict(frame["message"])
        return
    if "message_id" in frame:
        state[frame["message_id"]].update(told_by(frame))
        return
    is_own_mark = frame["type"] == "conversation_read"
    for message in state.values():
        is_own = message["sender"]["id"] == user.pk
        if is_own != is_own_mark and message["id"] <= frame["up_to"] and not message["is_read"]:
            read = {"is_read": True, "read_at": frame["read_at"], "version": frame["version"]}
            message.update(read)


def told_by(frame: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a message that a frame about its change tells."""
    told = {name: value for name, value in frame.items() if name not in ("type", "message_id")}
    if frame["type"] != "message_deleted":
        return told
    gone: dict[str, Any] = {"content": "", "edited_at": None, "reply_to": None, "reactions": []}
    return {**told, **gone, "is_deleted": True}


def list_states(conversation: Conversation, changes: list[Change]) -> list[State]:
    """Make the changes; return what a fresh read shows at each version, from 0."""
    states = [{}, read_afresh(conversation)]
    for change in changes:
        change()
        states.append(read_afresh(conversation))
    return states


@pytest.fixture
def changes(alice: User, bob: User, conversation: Conversation) -> list[Change]:
    """A history of changes, each of which creates one version."""

    def read(reader: User, up_to_newest_but: int | None = None) -> Change:
        def change() -> object:
            newest = list_messages(conversation)
            up_to = None if up_to_newest_but is None else newest[up_to_newest_but].id
            return mark_read(reader=reader, conversation_id=conversation.pk, up_to=up_to)

        return change

    def say(sender: User, text: str) -> Change:
        return lambda: write(sender, conversation, text)

    return [
        say(bob, "One"),
        say(alice, "Two"),
        read(alice),
        say(alice, "Three"),
        say(bob, "Four"),
        say(bob, "Five"),
        read(bob, 3),
        read(alice, 1),
        say(alice, "Six"),
        lambda: archive_conversations_for_trainee(trainer=alice, trainee=bob),
        lambda: reopen_conversations(Conversation.objects.all()),
        read(bob),
        read(alice),
        say(bob, "Seven"),
    ]


def test_replay_from_any_version_equals_a_fresh_read(
    alice: User, bob: User, conversation: Conversation, changes: list[Change]
) -> None:
    states = list_states(conversation, changes)

    for user in (alice, bob):
        for since, state in enumerate(states):
            seen = {pk: dict(message) for pk, message in state.items()}
            for frame in replay(user, conversation, since):
                apply(seen, frame, user)
            assert seen == states[-1], (user, since)


def test_replay_after_a_deletion_equals_a_fresh_read(
    alice: User, bob: User, conversation: Conversation, changes: list[Change]
) -> None:
    states = list_states(conversation, [*changes, bob.delete])

    for since, state in enumerate(states):
        seen = {pk: dict(message) for pk, message in state.items()}
        for frame in replay(alice, conversation, since):
            apply(seen, frame, alice)
        assert seen == states[-1], since


def test_replay_cut_off_anywhere_can_be_resumed(
    alice: User, bob: User, conversation: Conversation, changes: list[Change]
) -> None:
    states = list_states(conversation, changes)

    for user in (alice, bob):
        for cut in range(len(replay(user, conversation, 0))):
            seen: State = {}
            missed = replay(user, conversation, 0)[:cut]
            versions = [frame.get("message", frame)["version"] for frame in missed]
            for frame in missed + replay(user, conversation, max(versions, default=0)):
                apply(seen, frame, user)
            assert seen == states[-1], (user, cut)


@pytest.mark.parametrize("is_erased", [False, True])
def test_replay_of_changes_cut_off_anywhere_can_be_resumed(
    alice: User, bob: User, conversation: Conversation, changes: list[Change], is_erased: bool
) -> None:
    list_states(conversation, changes)
    first, second, third = conversation.messages.filter(sender=bob).order_by("pk")[:3]
    pk = conversation.pk
    send_message(sender=alice, conversation_id=pk, content="Quoting", reply_to=first.pk)
    edit_message(editor=bob, conversation_id=pk, message_id=first.pk, content="One!")
    add_reaction(by=alice, conversation_id=pk, message_id=second.pk, emoji="👍")
    delete_message(by=bob, conversation_id=pk, message_id=third.pk)
    if is_erased:
        bob.delete()
    final = read_afresh(conversation)

    whole = replay(alice, conversation, 0)
    for cut in range(len(whole)):
        seen: State = {}
        versions = [frame.get("message", frame)["version"] for frame in whole[:cut]]
        for frame in whole[:cut] + replay(alice, conversation, max(versions, default=0)):
            apply(seen, frame, alice)
        assert list(seen) or cut == 0
        assert {pk: each["content"] for pk, each in seen.items()} == {
            pk: each["content"] for pk, each in final.items()
        }, cut


def test_replay_sends_the_missed_frames(alice: User, bob: User, conversation: Conversation) -> None:
    second = write(bob, conversation, "Second")[0]
    unread = message_body(second)
    mark = mark_read(reader=alice, conversation_id=conversation.pk)
    third = write(bob, conversation, "Third")[0]

    told = {"read_at": moment(mark.read_at), "up_to": second.pk, "version": 3}
    first = {"type": "new_message", "message": unread}
    last = {"type": "new_message", "message": message_body(third)}
    receipt = {"type": "read_receipt", "reader_id": alice.pk, **told}
    assert replay(bob, conversation, 1) == [first, receipt, last]
    assert replay(alice, conversation, 1) == [first, {"type": "conversation_read", **told}, last]


@pytest.mark.parametrize("since", [None, 2])
def test_replay_from_the_current_version_is_empty(
    bob: User, conversation: Conversation, since: int | None
) -> None:
    write(bob, conversation, "Second")

    assert replay(bob, conversation, since) == []


@pytest.mark.parametrize("since", [-1, 2, 2**31, 10**30])
def test_replay_from_an_unknown_version_is_a_reset(
    bob: User, conversation: Conversation, since: int
) -> None:
    assert replay(bob, conversation, since) == [{"type": "reset", "version": 1}]


def test_replay_of_too_much_is_a_reset(
    bob: User, conversation: Conversation, settings: Any
) -> None:
    settings.SOCKET_REPLAY_LIMIT = 3
    write(bob, conversation, "2", "3", "4", "5")

    assert len(replay(bob, conversation, 2)) == 3
    assert replay(bob, conversation, 1) == [{"type": "reset", "version": 5}]


def test_replay_of_many_changes_is_complete(
    bob: User, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "FEW_CHANGES", 2)
    write(bob, conversation, "2", "3", "4", "5")

    seen = [frame["message"]["content"] for frame in replay(bob, conversation, 1)]
    assert seen == ["2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("limit", "value"), [("SOCKET_REPLAY_BYTES", 1000), ("SOCKET_REPLAY_LIMIT", 5)]
)
def test_replay_past_a_limit_is_not_read(
    bob: User,
    conversation: Conversation,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    value: int,
) -> None:
    monkeypatch.setattr(selectors, "FEW_CHANGES", 2)
    setattr(settings, limit, value)
    write(bob, conversation, *["x" * 200] * 6)

    missed = get_replay(bob, conversation.pk, 1)

    assert missed.is_too_long
    assert len(missed.messages) == 2


def test_replay_to_stranger_or_of_archived_conversation_is_not_found(
    alice: User, bob: User, charlie: User, conversation: Conversation
) -> None:
    with pytest.raises(ConversationNotFound):
        get_replay(charlie, conversation.pk, 0)
    archive_conversations_for_trainee(trainer=alice, trainee=bob)

    for user in (alice, bob):
        with pytest.raises(ConversationNotFound):
            get_replay(user, conversation.pk, 0)
    assert get_conversation(alice, conversation.pk).is_archived
