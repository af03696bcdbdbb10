"""Two kinds of devices: one shows a conversation and marks it as read; the other shows a list."""

import asyncio
import contextlib
import random
from typing import Any

from websockets.exceptions import ConnectionClosed

from tests.faults.cast import Couple, Person
from tests.faults.history import ABOUT_A_MESSAGE, Frame, History, Inbox, Stream
from tests.faults.rest import Rest
from tests.faults.sockets import Device
from tests.faults.web import Web

SHOWN = ("new_message", "read_receipt", "conversation_read", "reset", *ABOUT_A_MESSAGE)
LIST = "messaging/conversations/"
READ_CHANCE = 0.15
TYPING_CHANCE = 0.1


class Screen(Device):
    """A device that shows a conversation."""

    def __init__(self, couple: Couple, person: Person, number: int, *args: Any) -> None:
        super().__init__(person, *args)
        self.couple = couple
        name = f"user {person.id}, device {number}"
        self.stream = Stream(name, person.id, couple.conversation_id)
        self.history.streams.append(self.stream)
        self.may_read = True

    def path(self) -> str:
        if self.stream.frames:
            self.history.count("replays")
        return f"{self.couple.conversation_id}/?since={self.stream.position}"

    async def take(self, frame: Frame) -> None:
        kind = frame["type"]
        self.history.check_texts(self.stream.device, frame, self.began)
        if kind in SHOWN:
            self.stream.take(frame)
        elif kind == "typing_indicator":
            self._check_typing(frame)
        elif kind == "pong" and frame["version"] > self.stream.position:
            self.history.report(
                "lost", f"{self.stream.device}: pong {frame['version']} at {self.stream.position}"
            )
        elif kind == "error" and frame["code"] != "temporarily_unavailable":
            self.history.report("server_error", f"a frame was answered with {frame}")
        if kind == "new_message":
            await self._react(frame["message"])

    def _check_typing(self, frame: Frame) -> None:
        self.history.count("typing_frames")
        if frame["user_id"] != self.couple.other(self.person).id:
            self.history.report("wrong_person", f"{self.stream.device} was shown {frame}")

    async def _react(self, message: dict[str, Any]) -> None:
        is_mine = message["sender"]["id"] == self.person.id
        if self.connection is None:
            return
        with contextlib.suppress(ConnectionClosed):
            if not is_mine and self.may_read and self.rng.random() < READ_CHANCE:
                self.history.ask_to_read(self.person.id, self.couple.conversation_id, message["id"])
                self.history.count("reads_asked")
                await self.say(self.connection, type="read", up_to=message["id"])
            elif self.rng.random() < TYPING_CHANCE:
                await self.say(self.connection, type="typing", is_typing=True)


class Badge(Device):
    """A device that shows a list and a badge, which the inbox socket updates."""

    def __init__(self, person: Person, webs: list[Web], history: History, rng: random.Random):
        super().__init__(person, webs, history, rng)
        self.rest = Rest(webs, rng, person.token)
        self._loading: asyncio.Task[None] | None = None
        self._loaded_for = 0.0
        self.inbox = Inbox(person.id)
        history.inboxes.append(self.inbox)

    def path(self) -> str:
        return ""

    async def take(self, frame: Frame) -> None:
        if frame["type"] == "unread_count":
            self.inbox.unread_count = frame["unread_count"]
            self._load_once()
        elif frame["type"] == "conversation_updated":
            self.history.check_texts(f"the inbox of user {self.person.id}", frame, self.began)
            self._show(frame["conversation"])

    async def stop(self) -> None:
        """Close the socket and the connections of REST."""
        await super().stop()
        if self._loading:
            self._loading.cancel()
        await self.rest.close()

    def _load_once(self) -> None:
        """Load the list after the first frame of a connection, which sends only later changes."""
        if self._loaded_for != self.began:
            self._loaded_for = self.began
            if self._loading:
                self._loading.cancel()
            self._loading = asyncio.create_task(self._load())

    async def _load(self) -> None:
        while True:
            answer = await self.rest.ask("GET", LIST)
            self.history.check_answer(LIST, answer)
            if answer.status == 200:
                break
            await asyncio.sleep(self.rng.uniform(0, 1))
        for each in answer.body["results"]:
            self._show(each)

    def _show(self, conversation: dict[str, Any]) -> None:
        """Show a conversation in the list, unless a newer state has come already."""
        self.inbox.shown.append(conversation)
        known = self.inbox.conversations.get(conversation["id"])
        if known is None or known["version"] <= conversation["version"]:
            self.inbox.conversations[conversation["id"]] = conversation


async def stop_all(devices: list[Device]) -> None:
    """Close every socket."""
    await asyncio.gather(*(device.stop() for device in devices))
