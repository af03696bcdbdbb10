"""People who send messages with retries, and then edit, delete and react."""

import asyncio
import random
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from tests.faults.answers import Answer
from tests.faults.cast import Couple, Person
from tests.faults.history import History, Send
from tests.faults.photos import make_photo
from tests.faults.rest import Rest
from tests.faults.second_thoughts import SecondThoughts
from tests.faults.texts import make_mark
from tests.faults.uploads import Uploader
from tests.faults.web import Web

REPEAT_CHANCE = 0.1
START_CHANCE = 0.2
UPLOAD_CHANCE, CAPTION_CHANCE = 0.5, 0.7
REPLY_CHANCE = 0.15
PHOTO_SECONDS = 20.0
"""A picture is decoded in a process of its own; on a busy machine that takes seconds."""


class Attempted(Protocol):
    @property
    def is_over(self) -> bool: ...


class Writer:
    """A person who sends messages one by one, each until it is accepted; a share of `photos` are photos."""

    def __init__(
        self,
        couple: Couple,
        person: Person,
        webs: list[Web],
        history: History,
        rng: random.Random,
        pause: float,
        photos: float,
    ) -> None:
        self.couple = couple
        self.person = person
        self.history = history
        self.rng = rng
        self.pause = pause
        self.photos = photos
        self.rest = Rest(webs, rng, person.token)
        self.second_thoughts = SecondThoughts(self, Rest(webs, rng, person.token))
        self.uploader = Uploader(self, Rest(webs, rng, couple.other(person).token))
        self.is_done = False
        self.gives_up = False
        self.has_stopped = False
        self.own: list[Send] = []
        self._number = 0

    async def run(self) -> None:
        """Send until `is_done`; retry an unconfirmed message or change until `gives_up`."""
        while not self.is_done:
            await asyncio.sleep(self.rng.uniform(0.2, 1.8) * self.pause)
            await self._write()
            if not self.is_done:
                await self.second_thoughts.act()
        self.has_stopped = True
        for each in (self.rest, self.second_thoughts.tab, self.uploader.stranger):
            await each.close()

    async def insist(self, what: Attempted, attempt: Callable[[], Awaitable[Any]]) -> None:
        """Make attempts with a growing pause, until `what` is over or this person gives up."""
        failures = 0
        await attempt()
        while not what.is_over and not self.gives_up:
            self.history.count("retries")
            failures += 1
            await asyncio.sleep(self.rng.uniform(0, min(2.0, 0.4 * failures)))
            await attempt()

    async def _write(self) -> None:
        send = self._make_send()
        if (
            send.photo
            and self.rng.random() < UPLOAD_CHANCE
            and not await self.uploader.upload(send)
        ):
            return
        self.history.sends.append(send)
        await self.insist(send, lambda: self.attempt(send))
        if send.accepted:
            self.own.append(send)
            self.history.count("photos" if send.photo else "texts")
        if self.rng.random() < REPEAT_CHANCE:
            await self.attempt(send)

    def _make_send(self) -> Send:
        self._number += 1
        client_id = str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
        photo = make_photo(self.rng) if self.rng.random() < self.photos else None
        has_text = photo is None or self.rng.random() < CAPTION_CHANCE
        return Send(
            self.couple.conversation_id,
            self.person.id,
            self._number,
            client_id,
            self.make_text() if has_text else "",
            photo=photo,
            reply_to=self._choose_reply(),
        )

    def make_text(self) -> str:
        """Return a text with a mark of its own."""
        size = 1500 if self.rng.random() < START_CHANCE else 20
        mark = make_mark(self.rng.getrandbits(64))
        return f"{self.couple.conversation_id} {self.person.id} {mark} " + "." * self.rng.randint(
            1, size
        )

    def _choose_reply(self) -> int | None:
        recent = self.second_thoughts.list_recent()
        if not recent or self.rng.random() >= REPLY_CHANCE:
            return None
        return self.rng.choice(recent).message_id

    async def attempt(self, send: Send) -> Answer:
        """Send a message once."""
        fields: dict[str, Any] = {"content": send.content, "client_id": send.client_id}
        if send.reply_to:
            fields["reply_to"] = send.reply_to
        is_trainer = self.person == self.couple.trainer
        starts = is_trainer and self.rng.random() < START_CHANCE
        path = f"messaging/conversations/{send.conversation_id}/send/"
        if starts:
            path = "messaging/conversations/start/"
            fields["trainee_id"] = self.couple.trainee.id
        answer = await self.rest.ask("POST", path, **_as_request(send, fields))
        self.history.check_answer("send", answer)
        if starts and answer.status in (200, 201):
            answer = Answer(answer.status, answer.body["message"], answer.began, answer.ended)
        send.answers.append(answer)
        if send.photo and answer.is_accepted and answer.body["attachments"]:
            send.photo.attachment = answer.body["attachments"][0]
        return answer


def _as_request(send: Send, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a request: JSON with an upload, or a form with the photo."""
    if send.photo is None:
        return {"body": fields}
    if send.photo.attachment:
        return {"body": {**fields, "uploads": [send.photo.attachment["id"]]}}
    files = [("image", ("photo", send.photo.draw(), "application/octet-stream"))]
    data = {name: str(value) for name, value in fields.items()}
    return {"data": data, "files": files, "timeout": PHOTO_SECONDS}
