import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from django.db import Error as DatabaseError
from rest_framework import serializers

from messaging import frames, selectors
from messaging.consumers.base import Frame, LiveConsumer
from messaging.consumers.codes import CloseCode
from messaging.consumers.handshake import since_of
from messaging.consumers.limits import TypingGate
from messaging.consumers.review import Facts
from messaging.consumers.threads import in_thread
from messaging.serializers import MarkReadSerializer
from messaging.services.reading import ReadMark, mark_read
from messaging.services.typing import show_typing
from users.exceptions import NotFound
from users.fields import validated
from users.throttling import count

logger = logging.getLogger(__name__)


class ConversationConsumer(LiveConsumer):
    """
    A socket on one conversation: a complete, ordered, exactly-once stream made from a lossy layer.

    `version` is the last that was sent. The next one is passed on as it is, a hole is filled from
    the database before anything else goes out, an old one is dropped.
    """

    conversation_id: int

    def __init__(self) -> None:
        super().__init__()
        self.version = 0
        self._reviewed_version = 0
        self._other_id: int | None = None
        self._typing = TypingGate()
        # Events and the review come in different tasks.
        self._sending = asyncio.Lock()

    async def open(self) -> None:
        """Join first, then read what was missed: the other way round there would be a gap."""
        self.conversation_id = self.scope["url_route"]["kwargs"]["conversation_id"]
        async with self._sending:
            await self._replay(since_of(self.scope))

    async def _replay(self, since: int | None) -> None:
        missed = await in_thread(selectors.get_replay, self.user, self.conversation_id, since)
        for frame in frames.replay(missed, self.user.pk):
            self.push(frame)
        self.version = missed.version
        ids = missed.conversation.participant_ids
        self._other_id = next((each for each in ids if each != self.user.pk), None)

    async def _catch_up(self) -> None:
        try:
            await self._replay(self.version)
        except NotFound:
            await self.end(CloseCode.NOT_VISIBLE)

    # From the channel layer
    # --------------------------------------------------------------------------
    async def conversation_changed(self, event: Frame) -> None:
        if event["conversation_id"] != self.conversation_id:
            return
        async with self._sending:
            if event["version"] == self.version + 1 and event["frame"]:
                self.push(event["frame"])
                self.version += 1
            elif event["version"] > self.version:
                await self._fill_hole()

    async def _fill_hole(self) -> None:
        logger.debug("Filling a hole after version %s of %s.", self.version, self.conversation_id)
        # If it cannot be read now, the hole stays, and the next event or review finds it again.
        with suppress(DatabaseError):
            await self._catch_up()

    async def conversation_typing(self, event: Frame) -> None:
        if event["conversation_id"] == self.conversation_id:
            self.push(event["frame"])

    async def conversation_archived(self, event: Frame) -> None:
        if event["conversation_id"] == self.conversation_id:
            await self.end(CloseCode.NOT_VISIBLE)

    async def catch_up_with(self, facts: Facts) -> None:
        """
        Close if this may not be seen any more; catch up with what a whole interval did not bring.

        What is new since the last review is most likely on its way.
        """
        stands = facts.conversations.get(self.conversation_id)
        if stands is None or stands.is_archived or self.user.pk not in stands.participant_ids:
            await self.end(CloseCode.NOT_VISIBLE)
            return
        async with self._sending:
            if self.version < self._reviewed_version:
                await self._fill_hole()
            self._reviewed_version = stands.version

    # From the client
    # --------------------------------------------------------------------------
    def frame_handlers(self) -> dict[str, Callable[[Frame], Awaitable[None]]]:
        return {**super().frame_handlers(), "typing": self.show_typing, "read": self.mark_read}

    async def answer_ping(self, frame: Frame) -> None:
        """Send what was missed, if anything was, then the version."""
        async with self._sending:
            await self._catch_up()
            self.push(frames.pong(self.version))

    async def show_typing(self, frame: Frame) -> None:
        is_typing = frame.get("is_typing")
        if not isinstance(is_typing, bool):
            raise serializers.ValidationError("is_typing must be true or false.")
        if self.user.is_impersonated or self._typing.passes(is_typing):
            show_typing(
                by=self.user,
                conversation_id=self.conversation_id,
                to_id=self._other_id,
                is_typing=is_typing,
            )

    async def mark_read(self, frame: Frame) -> None:
        up_to = validated(MarkReadSerializer, frame)["up_to"]
        await in_thread(self._mark_read, up_to)

    def _mark_read(self, up_to: int | None) -> ReadMark:
        count("user", self.user.pk)
        return mark_read(reader=self.user, conversation_id=self.conversation_id, up_to=up_to)
