"""What people see at the end: their counts, all messages of their conversations, and all photos."""

import asyncio
from contextlib import suppress
from typing import Any

from tests.faults.history import Count, History
from tests.faults.photos import SIDES, path_of
from tests.faults.rest import Rest
from tests.faults.viewers import Viewer
from tests.faults.web import Web
from tests.faults.writers import Writer

ATTEMPTS = 10
PAGE = 100


class Closing:
    """Loads everything once more, for each writer."""

    def __init__(self, webs: list[Web], writers: list[Writer], history: History) -> None:
        self.webs = webs
        self.writers = writers
        self.history = history

    async def look(self) -> None:
        """Record what REST returns, and report photos that are lost or shown without a right."""
        for writer in self.writers:
            rest = Rest(self.webs, writer.rng, writer.person.token)
            with suppress(TimeoutError):
                await self._count(writer, rest)
                await self._read(writer, rest)
            await rest.close()
        await self._view()

    async def _count(self, writer: Writer, rest: Rest) -> None:
        """Record the unread counts of a person's badge and list."""
        user_id = writer.person.id
        badge = await self._insist(rest, "messaging/unread-count/")
        listed = await self._insist(rest, "messaging/conversations/")
        self.history.counts.append(Count(user_id, None, badge["unread_count"], "the badge"))
        for each in listed["results"]:
            told = Count(user_id, each["id"], each["unread_count"], "the list")
            self.history.counts.append(told)

    async def _read(self, writer: Writer, rest: Rest) -> None:
        """Record all messages of a person's conversation, from the newest page to the first."""
        path = f"messaging/conversations/{writer.couple.conversation_id}/messages/?limit={PAGE}"
        before = ""
        while True:
            results = (await self._insist(rest, f"{path}{before}"))["results"]
            self.history.pages += [(writer.person.id, each) for each in results]
            if len(results) < PAGE:
                return
            before = f"&before={min(each['id'] for each in results)}"

    async def _view(self) -> None:
        """Load all copies of all photos by the links that both people got."""
        rest = Rest(self.webs, self.writers[0].rng)
        viewer = Viewer(rest, self.history)
        sends = [send for send in self.history.sends if send.photo and send.accepted]
        for send in sends:
            for size in SIDES:
                await viewer.view(send, size)
            await viewer.forge(send, sends[0], "small")
        self._compare_links()
        await rest.close()

    def _compare_links(self) -> None:
        """Check that both people got the same links: whoever has another one cannot load the photo."""
        links: dict[int, Any] = {}
        for user_id, message in self.history.pages:
            shown = [
                {size: path_of(each["urls"][size]) for size in SIDES}
                for each in message["attachments"]
            ]
            if links.setdefault(message["id"], shown) != shown:
                self.history.report(
                    "photo_lost", f"user {user_id} has other links to photos of {message['id']}"
                )

    async def _insist(self, rest: Rest, path: str) -> dict[str, Any]:
        for _ in range(ATTEMPTS):
            answer = await rest.ask("GET", path)
            self.history.check_answer(path, answer)
            if answer.status == 200:
                body: dict[str, Any] = answer.body
                return body
            await asyncio.sleep(0.5)
        self.history.report("server_error", f"{path} got no response after all repairs")
        raise TimeoutError
