"""Rules for the model-based test: people edit, delete, answer and react to messages."""

from typing import Any

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import rule

from messaging.exceptions import (
    ConversationArchived,
    ConversationNotFound,
    EditWindowOver,
    MessageDeleted,
    NotYourMessage,
    TooManyReactions,
)
from messaging.services.deleting import delete_message
from messaging.services.editing import EDIT_WINDOW, edit_message
from messaging.services.reacting import MAX_KINDS, add_reaction, remove_reaction
from messaging.services.sending import send_message
from tests.messaging.attempts import attempt
from tests.messaging.model import PEOPLE, Line, Refusal, Thread

threads = st.integers(0, 11)
recent = st.integers(0, 4)
sides = st.sampled_from((*["trainer", "trainee"] * 5, *PEOPLE))
contents = st.sampled_from(["Edited", "Edited again", "Hi"])
emoji = st.sampled_from("👍❤😂😮😢🙏🔥🎉")


class SecondThoughts:
    """A mixin of `tests.messaging.machine.Conversations`."""

    model: Any
    user: Any
    thread: Any
    name: Any

    def _choose(self, number: int, back: int, side: str) -> tuple[Thread, Line, str] | None:
        """Return a thread, one of its newest lines, and the name of a person with an account."""
        thread = self.thread(number)
        name = self.name(side, thread)
        if thread is None or name not in self.model.people:
            return None
        return thread, thread.lines[-1 - back % len(thread.lines)], name

    def _refuses(self, name: str, thread: Thread) -> Refusal | None:
        if not self.model.may_see(name, thread):
            return ConversationNotFound
        return ConversationArchived if thread.is_archived else None

    @rule(number=threads, back=recent, side=sides, content=contents)
    def edit(self, number: int, back: int, side: str, content: str) -> None:
        if not (chosen := self._choose(number, back, side)):
            return
        thread, line, name = chosen
        edited = attempt(
            lambda: edit_message(
                editor=self.user(name),
                conversation_id=thread.pk,
                message_id=line.pk,
                content=content,
            )
        )
        if refusal := self._refuses(name, thread) or self._refuses_edit(name, line):
            assert edited is refusal
        elif not (line.edited_at and line.content == content):
            self.model.edit(thread, line, content, timezone.now())

    def _refuses_edit(self, name: str, line: Line) -> Refusal | None:
        if line.sender != name:
            return NotYourMessage
        if line.is_deleted:
            return MessageDeleted
        is_late = timezone.now() - line.written_at > EDIT_WINDOW
        return EditWindowOver if is_late else None

    @rule(number=threads, back=recent, side=sides)
    def delete(self, number: int, back: int, side: str) -> None:
        if not (chosen := self._choose(number, back, side)):
            return
        thread, line, name = chosen
        deleted = attempt(
            lambda: delete_message(
                by=self.user(name), conversation_id=thread.pk, message_id=line.pk
            )
        )
        is_own = line.sender == name
        if refusal := self._refuses(name, thread) or (None if is_own else NotYourMessage):
            assert deleted is refusal
        elif not line.is_deleted:
            self.model.delete_line(thread, line, timezone.now())

    @rule(number=threads, back=recent, side=sides, which=emoji)
    def react(self, number: int, back: int, side: str, which: str) -> None:
        if not (chosen := self._choose(number, back, side)):
            return
        thread, line, name = chosen
        reacted = attempt(
            lambda: add_reaction(
                by=self.user(name), conversation_id=thread.pk, message_id=line.pk, emoji=which
            )
        )
        is_one_too_many = which not in line.reactions and len(line.reactions) == MAX_KINDS
        refusal = self._refuses(name, thread) or (MessageDeleted if line.is_deleted else None)
        if refusal := refusal or (TooManyReactions if is_one_too_many else None):
            assert reacted is refusal
        elif name not in line.reactions.get(which, ()):
            line.reactions.setdefault(which, []).append(name)
            self.model.mark_reactions(thread, line)

    @rule(number=threads, back=recent, side=sides, which=emoji)
    def take_back(self, number: int, back: int, side: str, which: str) -> None:
        if not (chosen := self._choose(number, back, side)):
            return
        thread, line, name = chosen
        removed = attempt(
            lambda: remove_reaction(
                by=self.user(name), conversation_id=thread.pk, message_id=line.pk, emoji=which
            )
        )
        if refusal := self._refuses(name, thread):
            assert removed is refusal
        elif name in line.reactions.get(which, ()):
            line.take_away(name, which)
            self.model.mark_reactions(thread, line)

    @rule(number=threads, back=recent, side=sides)
    def reply(self, number: int, back: int, side: str) -> None:
        if not (chosen := self._choose(number, back, side)):
            return
        thread, line, name = chosen
        sent = attempt(
            lambda: send_message(
                sender=self.user(name),
                conversation_id=thread.pk,
                content="Answer",
                reply_to=line.pk,
            )
        )
        if refusal := self.model.refuses_to_send(name, thread):
            assert sent is refusal
        else:
            written_at = timezone.now()
            answer = Line(sent.message.pk, name, "Answer", None, written_at, reply_to=line)
            self.model.write(thread, answer)
