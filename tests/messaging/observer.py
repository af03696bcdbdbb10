"""Compares the database and the selectors with the model."""

from messaging.exceptions import ConversationNotFound
from messaging.models import Conversation, Message, Participant
from messaging.selectors import (
    count_unread,
    get_conversation,
    get_replay,
    list_changes,
    list_conversations,
    list_inbox_entries,
    list_messages,
)
from messaging.serializers import conversations_data, messages_data
from tests.messaging.bodies import Body, moment, participant_body, sender_body, wire
from tests.messaging.model import Line, Model, Thread
from tests.messaging.test_replay import State, apply, replay
from users.models import User

NEVER = 10**12
GONE = "This message was deleted"


class Observer:
    """Records the messages that a client sees at every version, and compares them with the model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.people = {each.email.partition("@")[0]: each for each in User.objects.all()}
        self.ids = {name: user.pk for name, user in self.people.items()}
        self.states: dict[int, list[State]] = {}
        self.stale: list[Thread] = []

    # Expected
    # --------------------------------------------------------------------------
    def person(self, name: str) -> User | None:
        return self.people[name] if name in self.model.people else None

    def line_body(self, thread: Thread, line: Line) -> Body:
        return {
            "id": line.pk,
            "conversation_id": thread.pk,
            "sender": sender_body(self.person(line.sender)),
            "content": line.content,
            "is_read": line.read_at is not None,
            "read_at": moment(line.read_at),
            "created_at": moment(line.written_at),
            "version": line.version,
            "client_id": str(line.client_id) if line.client_id else None,
            "edited_at": moment(line.edited_at),
            "is_deleted": line.is_deleted,
            "image": None,
            "attachments": [],
            "reply_to": self.quote_body(line.reply_to) if line.reply_to else None,
            "reactions": [
                {"emoji": emoji, "user_ids": [self.ids[name] for name in names]}
                for emoji, names in line.reactions.items()
            ],
            "event": None,
        }

    def quote_body(self, line: Line) -> Body:
        return {
            "id": line.pk,
            "sender": sender_body(self.person(line.sender)),
            "preview": None if line.is_deleted else line.content[:100],
            "is_deleted": line.is_deleted,
            "kind": "deleted" if line.is_deleted else "text",
        }

    def thread_body(self, thread: Thread, viewer: str) -> Body:
        trainer, trainee = thread.pair
        last = thread.lines[-1]
        return {
            "id": thread.pk,
            "trainer": participant_body(self.person(trainer)),
            "trainee": participant_body(self.person(trainee)),
            "last_message_at": moment(thread.last_at),
            "last_message_preview": GONE if last.is_deleted else last.content[:100],
            "last_message_kind": "deleted" if last.is_deleted else "text",
            "unread_count": len(thread.unread_by(viewer)),
            "is_archived": thread.is_archived,
            "archived_reason": self.model.why_archived(thread),
            "created_at": moment(thread.created_at),
            "version": thread.version,
            "deleted_version": max(
                (each.version for each in thread.lines if each.is_deleted), default=0
            ),
        }

    # Actual
    # --------------------------------------------------------------------------
    def check_rows(self) -> None:
        """Check every conversation, and record the new state of each changed conversation."""
        threads = sorted(self.model.threads.values(), key=lambda each: each.pk)
        rows = list(Conversation.objects.order_by("pk"))
        assert [(each.pk, each.version, each.message_count) for each in rows] == [
            (each.pk, len(each.changes), len(each.lines)) for each in threads
        ]
        assert [each.last_message_id for each in rows] == [each.lines[-1].pk for each in threads]
        assert set(Participant.objects.values_list("conversation", "side", "user")) == {
            (each.pk, side, user_id)
            for each in rows
            for side, user_id in (("trainer", each.trainer_id), ("trainee", each.trainee_id))
        }
        pairs = list(zip(rows, threads, strict=True))
        self.stale = [each for _, each in pairs if len(self._seen(each)) <= each.version]
        for row, thread in pairs:
            if thread in self.stale:
                self._remember(row, thread)

    def _seen(self, thread: Thread) -> list[State]:
        return self.states.setdefault(thread.pk, [{}])

    def _remember(self, row: Conversation, thread: Thread) -> None:
        fresh = {each["id"]: each for each in wire(messages_data(list_messages(row), row))}
        assert list(fresh.values()) == [
            self.line_body(thread, each) for each in reversed(thread.lines)
        ]
        self._seen(thread).append(fresh)
        # Each change creates one version, and one more for each message that quotes the changed one.
        skipped = thread.version + 1 - len(self._seen(thread))
        self._seen(thread).extend([fresh] * skipped)
        self._check_versions(thread)

    def _check_versions(self, thread: Thread) -> None:
        written = [f"message {each.pk}" for each in thread.lines]
        rows = Message.objects.filter(conversation=thread.pk).order_by("pk")
        assert [thread.changes[each.created_version - 1] for each in rows] == written
        shown = [(each.content_version, each.reaction_version) for each in rows]
        assert shown == [(each.shown_version, each.reaction_version) for each in thread.lines]
        marks = {each.read_version for each in rows if each.read_version and not each.removed_at}
        assert all(thread.changes[version - 1].startswith("read by") for version in marks)

    def check_lists(self, name: str, viewer: User) -> None:
        """Check the list and badge of user `name`, as seen by `viewer`: that user or an impersonator."""
        for archived in (False, True):
            shown = list_conversations(viewer, archived=archived)
            assert wire(conversations_data(shown)) == [
                self.thread_body(each, name) for each in self.model.list_of(name, archived=archived)
            ]
        assert count_unread(viewer) == self.model.badge_of(name)
        own = {each.pk for each in self.model.threads.values() if name in each.pair}
        entries = list_inbox_entries(viewer, [each.pk for each in self.model.threads.values()])
        assert {each.id for each in entries} == own

    def check_read_permissions(self) -> None:
        """Request each changed conversation, and one that does not exist, as every person."""
        for name in self.model.people:
            for thread in self.stale:
                assert can_read(self.people[name], thread.pk) == self.model.may_see(name, thread)
            assert not can_read(self.people[name], NEVER)

    def check_replays(self) -> None:
        """Check that clients at any earlier version catch up, over REST and over a socket."""
        for thread in self.stale:
            self._check_catching_up(thread)
            for name in sorted(self.model.people.intersection(thread.pair)):
                self._check_replay(self.people[name], thread)

    def _check_catching_up(self, thread: Thread) -> None:
        states = self._seen(thread)
        for viewer in self._viewers(thread)[:1]:
            for since, state in enumerate(states):
                found = list_changes(viewer, thread.pk, since, limit=1000)
                changed = wire(messages_data(found.messages, found.conversation))
                caught_up = state | {each["id"]: each for each in changed}
                assert caught_up == states[-1], since

    def _viewers(self, thread: Thread) -> list[User]:
        names = sorted(self.model.people)
        return [self.people[name] for name in names if self.model.may_see(name, thread)]

    def _check_replay(self, viewer: User, thread: Thread) -> None:
        if thread.is_archived:
            assert not can_replay(viewer, thread.pk)
            return
        states = self._seen(thread)
        is_whole = set(thread.pair) <= self.model.people
        for since, state in enumerate(states):
            seen = {pk: dict(message) for pk, message in state.items()}
            for frame in replay(viewer, Conversation(pk=thread.pk), since):
                apply(seen, frame, viewer)
                # Every intermediate state is checked, because the connection may break after any
                # frame. If a person's account has been deleted, a replay shows the person as deleted
                # in all states, so states may differ from the ones recorded before the deletion.
                version = frame.get("message", frame)["version"]
                later = thread.changed_after(version)
                is_as_then = without(seen, later) == without(states[version], later)
                assert is_as_then or not is_whole, (since, version)
            assert as_shown(seen) == as_shown(states[-1]), since


def as_shown(state: State) -> State:
    """Leave out whether deleted messages were read: no frame tells it, and no client shows it."""
    unread = {"is_read": False, "read_at": None}
    return {
        pk: message | unread if message["is_deleted"] else message for pk, message in state.items()
    }


def without(state: State, ids: set[int]) -> State:
    """Leave some messages out: those that a replay sends later, as they are now."""
    return {pk: message for pk, message in as_shown(state).items() if pk not in ids}


def can_read(viewer: User, conversation_id: int) -> bool:
    try:
        return get_conversation(viewer, conversation_id).pk == conversation_id
    except ConversationNotFound:
        return False


def can_replay(viewer: User, conversation_id: int) -> bool:
    try:
        get_replay(viewer, conversation_id, 0)
    except ConversationNotFound:
        return False
    return True
