"""People's actions over REST: send with retries, read lists, sign in."""

import asyncio
import random
import time
import uuid
from typing import Any

import httpx

from tests.faults.answers import Answer
from tests.faults.cast import Couple, Person
from tests.faults.history import History, Send
from tests.faults.web import Web

LONGEST_WAIT_SECONDS = 4.0
"""A client without a response after this many seconds retries at another process."""
REPEAT_CHANCE = 0.1
START_CHANCE = 0.2


class Rest:
    """A REST client that moves to another web process after each failure."""

    def __init__(self, webs: list[Web], rng: random.Random, token: str | None = None) -> None:
        self._webs = webs
        self._rng = rng
        self._web = rng.randrange(len(webs))
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.AsyncClient(
            headers=headers, timeout=LONGEST_WAIT_SECONDS, trust_env=False
        )

    async def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """Send a request once; status 0 means no response. After 0 or 503, switch to another process."""
        url = f"{self._webs[self._web].url}/api/{path}"
        began = time.monotonic()
        try:
            response = await self._http.request(method, url, json=body)
            status, data = response.status_code, _body_of(response)
            headers = dict(response.headers)
        except httpx.TransportError:
            status, data, headers = 0, None, {}
        if status in (0, 503):
            self._web = (self._web + 1) % len(self._webs)
        return Answer(status, data, began, time.monotonic(), headers)

    async def close(self) -> None:
        await self._http.aclose()


def _body_of(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return response.text


class Writer:
    """A person who sends messages one by one, each until it is accepted."""

    def __init__(
        self,
        couple: Couple,
        person: Person,
        webs: list[Web],
        history: History,
        rng: random.Random,
        pause: float,
    ) -> None:
        self.couple = couple
        self.person = person
        self.history = history
        self.rng = rng
        self.pause = pause
        self.rest = Rest(webs, rng, person.token)
        self.is_done = False
        self.gives_up = False
        self._number = 0

    async def run(self) -> None:
        """Send until `is_done`; retry an unconfirmed message until `gives_up`."""
        while not self.is_done:
            await asyncio.sleep(self.rng.uniform(0.2, 1.8) * self.pause)
            await self._write()
        await self.rest.close()

    async def _write(self) -> None:
        send = self._make_send()
        self.history.sends.append(send)
        failures = 0
        await self._attempt(send)
        while not send.accepted and not self.gives_up:
            self.history.count("retries")
            failures += 1
            await asyncio.sleep(self.rng.uniform(0, min(2.0, 0.4 * failures)))
            await self._attempt(send)
        if self.rng.random() < REPEAT_CHANCE:
            await self._attempt(send)

    def _make_send(self) -> Send:
        self._number += 1
        client_id = str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
        size = 1500 if self.rng.random() < START_CHANCE else 20
        content = f"{self.couple.conversation_id} {self.person.id} {self._number} {client_id} "
        return Send(
            self.couple.conversation_id,
            self.person.id,
            self._number,
            client_id,
            content + "." * self.rng.randint(1, size),
        )

    async def _attempt(self, send: Send) -> None:
        body: dict[str, Any] = {"content": send.content, "client_id": send.client_id}
        is_trainer = self.person == self.couple.trainer
        starts = is_trainer and self.rng.random() < START_CHANCE
        path = f"messaging/conversations/{send.conversation_id}/send/"
        if starts:
            path = "messaging/conversations/start/"
            body["trainee_id"] = self.couple.trainee.id
        answer = await self.rest.ask("POST", path, body)
        self.history.check_answer("send", answer)
        if starts and answer.status in (200, 201):
            answer = Answer(answer.status, answer.body["message"], answer.began, answer.ended)
        send.answers.append(answer)


class Reader:
    """A person who loads their own data, and reports other people's data in their lists."""

    def __init__(
        self,
        couple: Couple,
        person: Person,
        webs: list[Web],
        history: History,
        rng: random.Random,
        sign_in: dict[str, str],
    ) -> None:
        self.couple = couple
        self.history = history
        self.rng = rng
        self.rest = Rest(webs, rng, person.token)
        self.stranger = Rest(webs, rng)
        self.sign_in = sign_in
        self.is_done = False

    async def run(self) -> None:
        """Read until `is_done`."""
        messages = f"messaging/conversations/{self.couple.conversation_id}/messages/"
        paths = ("messaging/conversations/", "messaging/unread-count/", "auth/users/me/", messages)
        while not self.is_done:
            path = self.rng.choice(paths)
            answer = await self.rest.ask("GET", path)
            self.history.check_answer(path, answer)
            if answer.status == 200 and path.startswith("messaging/conv"):
                self._check_own(answer.body["results"])
            await asyncio.sleep(self.rng.uniform(0.5, 2))
            if self.rng.random() < 0.3:
                answer = await self.stranger.ask("POST", "auth/jwt/create/", self.sign_in)
                self.history.check_answer("sign-in", answer)
        await self.rest.close()
        await self.stranger.close()

    def _check_own(self, results: list[dict[str, Any]]) -> None:
        for each in results:
            if each.get("conversation_id", each["id"]) != self.couple.conversation_id:
                self.history.report("wrong_person", f"a list shows {str(each)[:200]}")
