"""
Holds the open sockets of this process against the database, all at once, every second or so.

The channel layer may lose any event: a message, the end of somebody's access. Three to five queries
for all sockets together find what was lost, so that nothing which matters depends on the layer.
"""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.db import Error as DatabaseError

from messaging.consumers.codes import CloseCode, Refused
from messaging.consumers.threads import in_thread
from messaging.selectors import InboxSum, SocketFacts, get_inbox_sums, get_socket_facts
from users.selectors import list_living_claims
from users.tokens import Claims

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Subject:
    """What one socket depends on. An inbox has no conversation."""

    user_id: int
    claims: Claims
    conversation_id: int | None


@dataclass(frozen=True)
class Facts:
    """How everything that the sockets depend on stands."""

    living: set[Claims]
    conversations: dict[int, SocketFacts]
    inboxes: dict[int, InboxSum]


class Socket(Protocol):
    """An open socket, as far as the review is concerned."""

    @property
    def subject(self) -> Subject: ...

    async def review(self, subject: Subject, facts: Facts) -> None: ...

    async def end(self, code: CloseCode) -> None: ...


class OpenSockets:
    """The sockets of this process; it serves one event loop."""

    def __init__(self) -> None:
        self._sockets: set[Socket] = set()
        self._of_user: Counter[int] = Counter()
        self._reviewing: asyncio.Task[None] | None = None
        self._is_draining = False

    def admit(self, socket: Socket) -> None:
        """Add a socket; raise Refused past `SOCKETS_PER_USER` of one user, or when shutting down."""
        if self._is_draining:
            raise Refused(CloseCode.RESTARTING)
        user_id = socket.subject.user_id
        if self._of_user[user_id] >= settings.SOCKETS_PER_USER:
            raise Refused(CloseCode.TOO_MUCH)
        self._of_user[user_id] += 1
        self._sockets.add(socket)
        if self._reviewing is None or self._reviewing.done():
            self._reviewing = asyncio.create_task(self._keep_reviewing())

    def discard(self, socket: Socket) -> None:
        if socket in self._sockets:
            self._sockets.discard(socket)
            user_id = socket.subject.user_id
            self._of_user[user_id] -= 1
            if not self._of_user[user_id]:
                del self._of_user[user_id]

    async def drain(self, seconds: float) -> None:
        """Let no more sockets in, and close the open ones, each at a random moment within a time."""
        self._is_draining = True
        await asyncio.gather(*(_end_within(seconds, socket) for socket in list(self._sockets)))

    async def _keep_reviewing(self) -> None:
        while self._sockets:
            await asyncio.sleep(settings.SOCKET_REVIEW_SECONDS)
            try:
                await self.review()
            except DatabaseError as error:
                logger.warning("The database is away, sockets are not reviewed: %s", error)
            except Exception:
                logger.exception("A review of the open sockets failed.")

    async def review(self) -> None:
        """Hold every open socket against the database once."""
        # Taken before the facts: who comes later is not judged by facts that leave it out.
        subjects = [(socket, socket.subject) for socket in self._sockets]
        facts = await in_thread(load_facts, {subject for _, subject in subjects})
        await asyncio.gather(*(socket.review(subject, facts) for socket, subject in subjects))


async def _end_within(seconds: float, socket: Socket) -> None:
    await asyncio.sleep(random.uniform(0, seconds))  # noqa: S311 - it keeps no secret
    await socket.end(CloseCode.RESTARTING)


def load_facts(subjects: Collection[Subject]) -> Facts:
    """Read how everything that these sockets depend on stands."""
    conversation_ids = {each.conversation_id for each in subjects if each.conversation_id}
    inbox_user_ids = {each.user_id for each in subjects if each.conversation_id is None}
    return Facts(
        living=list_living_claims({each.claims for each in subjects}),
        conversations=get_socket_facts(conversation_ids),
        inboxes=get_inbox_sums(inbox_user_ids),
    )


open_sockets = OpenSockets()
