"""A trainer whose requests must each cause one notification or e-mail."""

import asyncio
import random
import uuid

from tests.faults.answers import Answer
from tests.faults.cast import Roster
from tests.faults.causes import Invite, Letter, Request, Reset
from tests.faults.history import History
from tests.faults.rest import Rest
from tests.faults.web import Web

# The probability that the request for an invitation is repeated if it was not accepted. The request for
# a password reset is never repeated. So some requests never get a response. Only the database shows
# whether these requests must cause an e-mail.
REPEAT_CHANCE = 0.5


class Correspondent:
    """Goes through a roster: sends a letter, an invitation and a password reset for each trainee."""

    def __init__(
        self, roster: Roster, webs: list[Web], history: History, rng: random.Random, pause: float
    ) -> None:
        self.roster = roster
        self.history = history
        self.rng = rng
        self.pause = pause
        self.rest = Rest(webs, rng, roster.trainer.token)
        self.stranger = Rest(webs, rng)
        self.count = 0
        self.is_done = False
        self.gives_up = False

    async def run(self) -> None:
        """Send the requests for each trainee; stop early when `is_done`."""
        for trainee_id, email in self.roster.trainees:
            await asyncio.sleep(self.rng.uniform(0.2, 1.8) * self.pause)
            if self.is_done:
                break
            await self._write(trainee_id)
            await self._invite(f"guest-{trainee_id}@example.com")
            await self._reset(email)
            self.count += 1
        await self.rest.close()
        await self.stranger.close()

    async def _write(self, trainee_id: int) -> None:
        """Send a letter until it is accepted."""
        client_id = str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
        letter = Letter(trainee_id=trainee_id, content=f"letter {trainee_id} {client_id}")
        self.history.letters.append(letter)
        body = {"trainee_id": trainee_id, "content": letter.content, "client_id": client_id}
        while not letter.is_accepted and not self.gives_up:
            await self._ask(self.rest, "messaging/conversations/start/", body, letter)

    async def _invite(self, email: str) -> None:
        invite = Invite(email=email)
        self.history.invites.append(invite)
        await self._ask(self.rest, "trainer/invitations/", {"email": email}, invite)
        while not invite.is_accepted and self.rng.random() < REPEAT_CHANCE:
            await self._ask(self.rest, "trainer/invitations/", {"email": email}, invite)

    async def _reset(self, email: str) -> None:
        reset = Reset(email=email)
        self.history.resets.append(reset)
        await self._ask(self.stranger, "auth/users/reset_password/", {"email": email}, reset)

    async def _ask(
        self, rest: Rest, path: str, body: dict[str, object], request: Request
    ) -> Answer:
        answer = await rest.ask("POST", path, body)
        self.history.check_answer(path, answer)
        request.answers.append(answer)
        if not answer.is_accepted:
            await asyncio.sleep(self.rng.uniform(0, 1))
        return answer
