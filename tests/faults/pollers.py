"""A device on a network without WebSockets: it asks for changes again and again."""

import asyncio
import random

from tests.faults.cast import Couple, Person
from tests.faults.history import Copy, History
from tests.faults.photos import path_of
from tests.faults.rest import Rest
from tests.faults.web import Web

SHORTEST_SECONDS, LONGEST_SECONDS = 0.5, 3.0
PAGE = 5
"""Small, so that pages end inside a version."""


class Poller:
    """Keeps a copy of a conversation with `?since=`, as the protocol asks of clients."""

    def __init__(
        self,
        couple: Couple,
        person: Person,
        webs: list[Web],
        history: History,
        rng: random.Random,
    ) -> None:
        self.rng = rng
        self.history = history
        self.rest = Rest(webs, rng, person.token)
        self.copy = Copy(f"user {person.id}, who polls", couple.conversation_id)
        history.copies.append(self.copy)
        self.is_done = False

    async def run(self) -> None:
        """Poll until `is_done`."""
        while not self.is_done:
            await asyncio.sleep(self.rng.uniform(SHORTEST_SECONDS, LONGEST_SECONDS))
            await self._poll()
        await self.rest.close()

    async def _poll(self) -> None:
        """Load all pages of changes. If one of them fails, the next poll begins again."""
        messages = f"/api/messaging/conversations/{self.copy.conversation_id}/messages/"
        path = f"{messages}?since={self.copy.version}&limit={PAGE}"
        while path:
            answer = await self.rest.ask("GET", path)
            self.history.check_answer(f"a poll of {self.copy.device}", answer)
            if answer.status != 200:
                return
            self.copy.messages |= {each["id"]: each for each in answer.body["results"]}
            path = path_of(answer.body["next"]) if answer.body["next"] else ""
        self.copy.version = answer.body["version"]
