"""People who load their own data, search in it, and try to get at the data of others."""

import asyncio
import random
from typing import Any

from tests.faults.answers import Answer
from tests.faults.cast import Couple, Person
from tests.faults.history import History, Send
from tests.faults.rest import Rest
from tests.faults.texts import marks_in
from tests.faults.viewers import Viewer
from tests.faults.web import Web

SIGN_IN_CHANCE = 0.3
SEARCH_CHANCE, PHOTO_CHANCE, INTRUSION_CHANCE = 0.25, 0.2, 0.1
REFUSED = {400, 403, 404}


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
        self.viewer = Viewer(self.stranger, history)
        self.sign_in = sign_in
        self.is_done = False

    async def run(self) -> None:
        """Read until `is_done`."""
        while not self.is_done:
            await self._load()
            await asyncio.sleep(self.rng.uniform(0.5, 2))
            if self.rng.random() < SIGN_IN_CHANCE:
                answer = await self.stranger.ask("POST", "auth/jwt/create/", self.sign_in)
                self.history.check_answer("sign-in", answer)
        await self.rest.close()
        await self.stranger.close()

    async def _load(self) -> None:
        """Search, look at a photo, try to get at data of others, or load one's own."""
        choice = self.rng.random()
        own = [send for send in self._accepted() if self._is_own(send)]
        if choice < SEARCH_CHANCE and own:
            await self._search(self.rng.choice(own[-20:]))
        elif choice < SEARCH_CHANCE + PHOTO_CHANCE:
            await self._view([send for send in own if send.photo])
        elif choice < SEARCH_CHANCE + PHOTO_CHANCE + INTRUSION_CHANCE:
            await self._intrude([send for send in self._accepted() if not self._is_own(send)])
        else:
            await self._read()

    def _accepted(self) -> list[Send]:
        return [send for send in self.history.sends[-200:] if send.accepted]

    def _is_own(self, send: Send) -> bool:
        return send.conversation_id == self.couple.conversation_id

    async def _read(self) -> None:
        messages = f"messaging/conversations/{self.couple.conversation_id}/messages/"
        paths = ("messaging/conversations/", "messaging/unread-count/", "auth/users/me/", messages)
        path = self.rng.choice(paths)
        answer = await self.rest.ask("GET", path)
        self.history.check_answer(path, answer)
        if answer.status == 200 and path.startswith("messaging/conv"):
            self._check_own(answer.body["results"])

    def _check_own(self, results: list[dict[str, Any]]) -> None:
        for each in results:
            if each.get("conversation_id", each.get("id")) != self.couple.conversation_id:
                self.history.report("wrong_person", f"a list shows {str(each)[:200]}")

    async def _search(self, send: Send) -> None:
        """Search for one of a message's texts; the present one must be found."""
        text = self.rng.choice(send.texts)
        # A change that is in progress may be executed before or after the search.
        changes, is_present = len(send.changes), text not in self._former_texts(send)
        query = next(iter(marks_in(text)), "")
        if not query:
            return
        answer = await self.rest.ask("GET", "messaging/search/", params={"q": query})
        self.history.check_answer(f"a search for {query}", answer)
        if answer.status != 200:
            return
        self._check_own(answer.body["results"])
        if is_present and len(send.changes) == changes and not answer.body["count"]:
            kind = "edit_lost" if send.changes else "lost"
            self.history.report(kind, f"a search does not find {query} of {send.message_id}")

    def _former_texts(self, send: Send) -> list[str]:
        """Return the texts that a message had, or may have; all of them if any change is uncertain."""
        changes = [*send.edits, *send.deletions]
        if send.deletions or not all(each.is_accepted for each in changes):
            return send.texts
        if any(each.is_doubtful for each in changes):
            return send.texts
        return send.texts[:-1]

    async def _view(self, sends: list[Send]) -> None:
        """Load a copy of a photo, with its link and with forged ones."""
        if sends:
            send = self.rng.choice(sends)
            size = self.rng.choice(["small", "medium", "large"])
            await self.viewer.view(send, size)
            await self.viewer.forge(send, self.rng.choice(sends), size)

    async def _intrude(self, sends: list[Send]) -> None:
        """Try to read, change or use a message of other people."""
        if not sends:
            return
        send = self.rng.choice(sends)
        conversation = f"messaging/conversations/{send.conversation_id}"
        message = f"{conversation}/messages/{send.message_id}/"
        own = f"messaging/conversations/{self.couple.conversation_id}/send/"
        attempts: list[tuple[str, str, dict[str, Any] | None]] = [
            ("GET", f"{conversation}/messages/?around={send.message_id}", None),
            ("PATCH", message, {"content": "An intruder's text"}),
            ("DELETE", message, None),
            ("PUT", f"{message}reactions/👍/", None),
            ("POST", own, {"content": "An intruder's reply", "reply_to": send.message_id}),
        ]
        if send.photo:
            attempts.append(("POST", own, {"uploads": [send.photo.attachment["id"]]}))
        self._check_refused(await self._try(*self.rng.choice(attempts)), send)

    async def _try(self, method: str, path: str, body: Any) -> Answer:
        answer = await self.rest.ask(method, path, body)
        if answer.status not in REFUSED:
            self.history.check_answer("an intrusion", answer)
        return answer

    def _check_refused(self, answer: Answer, send: Send) -> None:
        if answer.is_accepted:
            kind = "photo_shown" if send.photo else "wrong_person"
            self.history.report(kind, f"a stranger got at message {send.message_id}")
