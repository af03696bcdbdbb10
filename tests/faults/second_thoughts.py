"""What a writer does to messages after they were sent: edit, delete, react."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.faults.changes import DELETE, EDIT, MESSAGE_DELETED, REACT, UNREACT, Change
from tests.faults.history import Send
from tests.faults.rest import Rest

if TYPE_CHECKING:
    from tests.faults.writers import Writer

EDIT_CHANCE, DELETE_CHANCE, REACT_CHANCE = 0.2, 0.1, 0.15
RACE_CHANCE, PROBE_CHANCE = 0.3, 0.5
EMPTY_CHANCE, OLD_CHANCE = 0.2, 0.3
RECENT = 10
EMOJI = ("👍", "❤️", "😂", "🎉")
METHODS = {EDIT: "PATCH", DELETE: "DELETE", REACT: "PUT", UNREACT: "DELETE"}


class SecondThoughts:
    """Changes messages of a writer's conversation; `tab` is a second client of the same person."""

    def __init__(self, writer: Writer, tab: Rest) -> None:
        self.writer = writer
        self.tab = tab

    def list_recent(self) -> list[Send]:
        """Return the newest messages of the conversation, of both people."""
        sends = self.writer.history.sends[-100:]
        own = self.writer.couple.conversation_id
        found = [each for each in sends if each.accepted and each.conversation_id == own]
        return found[-RECENT:]

    async def act(self) -> None:
        """Perhaps edit, delete or react."""
        choice = self.writer.rng.random()
        own = [each for each in self.writer.own if not each.deletions]
        if choice < EDIT_CHANCE and own:
            await self._edit(self.writer.rng.choice(own[-RECENT:]))
        elif choice < EDIT_CHANCE + DELETE_CHANCE and own:
            is_old = self.writer.rng.random() < OLD_CHANCE
            await self._delete(self.writer.rng.choice(own if is_old else own[-RECENT:]))
        elif choice < EDIT_CHANCE + DELETE_CHANCE + REACT_CHANCE:
            await self._react()

    async def _edit(self, send: Send) -> None:
        is_empty = send.photo is not None and self.writer.rng.random() < EMPTY_CHANCE
        text = "" if is_empty else self.writer.make_text()
        # What an edit without a response wrote may come back, if a frozen process executes it later.
        replaced = [send.content, *(e.value for e in send.edits if not e.is_doubtful)]
        change = self._begin(send, EDIT, text)
        await self.writer.insist(change, lambda: self._attempt(send, change, self.writer.rest))
        for each in replaced if change.is_accepted else ():
            self.writer.history.texts.take_back(each, change.accepted_at, "edit_lost")

    async def _delete(self, send: Send) -> None:
        """Delete a message, perhaps while another tab edits it, and perhaps try to change it after that."""
        change = self._begin(send, DELETE)
        deleting = self.writer.insist(change, lambda: self._attempt(send, change, self.writer.rest))
        if self.writer.rng.random() < RACE_CHANCE:
            await asyncio.gather(deleting, self._probe(send, EDIT, self.tab))
        else:
            await deleting
        for each in send.texts if change.is_accepted else ():
            self.writer.history.texts.take_back(each, change.accepted_at, "deleted_text_seen")
        if change.is_accepted and self.writer.rng.random() < PROBE_CHANCE:
            await self._try_again(send)

    async def _try_again(self, send: Send) -> None:
        """Delete a deleted message again, send it again, or try to change it."""
        kind = self.writer.rng.choice((EDIT, DELETE, REACT, "send"))
        if kind == "send":
            await self.writer.attempt(send)
        else:
            await self._probe(send, kind, self.writer.rest)

    async def _probe(self, send: Send, kind: str, rest: Rest) -> None:
        value = self.writer.make_text() if kind == EDIT else EMOJI[0] if kind == REACT else ""
        change = self._begin(send, kind, value, is_probe=True)
        await self._attempt(send, change, rest)

    async def _react(self) -> None:
        """Put an emoji on one of the newest messages, or take it away."""
        recent = self.list_recent()
        if not recent:
            return
        send, emoji = self.writer.rng.choice(recent), self.writer.rng.choice(EMOJI)
        me = self.writer.person.id
        own = [c for c in send.changes if c.by == me and c.value == emoji]
        kind = UNREACT if own and own[-1].kind == REACT else REACT
        change = self._begin(send, kind, emoji)
        await self.writer.insist(change, lambda: self._attempt(send, change, self.writer.rest))

    def _begin(self, send: Send, kind: str, value: str = "", *, is_probe: bool = False) -> Change:
        change = Change(kind=kind, by=self.writer.person.id, value=value, is_probe=is_probe)
        send.changes.append(change)
        self.writer.history.count(f"changes_{kind}")
        return change

    async def _attempt(self, send: Send, change: Change, rest: Rest) -> None:
        path = f"messaging/conversations/{send.conversation_id}/messages/{send.message_id}/"
        if change.kind in (REACT, UNREACT):
            path += f"reactions/{quote(change.value)}/"
        body = {"content": change.value} if change.kind == EDIT else None
        answer = await rest.ask(METHODS[change.kind], path, body)
        self.writer.history.check_answer(change.kind, answer, allowed=(MESSAGE_DELETED,))
        change.answers.append(answer)
