"""Hears events for all sockets of this process."""

import asyncio
import logging
from typing import Any

from channels.layers import get_channel_layer

from live.events import user_group, user_of
from live.publisher import Event
from live.registry import OpenSockets, open_sockets
from live.task_coalescer import errands

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 1.0


class Bell:
    """
    One channel of the layer for the whole process, in the group of each user who has a socket here.

    So an event is decoded once, however many sockets it is for, and a socket that hears nothing
    costs neither a queue nor a task.
    """

    def __init__(self, sockets: OpenSockets) -> None:
        self._sockets = sockets
        self._channel = ""
        self._listening: asyncio.Task[None] | None = None
        self._joined: set[int] = set()
        self._unjoined: set[int] = set()
        self._leaving: set[int] = set()

    async def join(self, user_id: int) -> None:
        """Hear a user's events from now on; while Redis is away the review has it tried again."""
        if user_id in self._joined:
            return
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                await self._layer.group_add(user_group(user_id), await self._own_channel())
        except Exception as error:  # noqa: BLE001 - any failure of the layer means the same
            logger.warning("A group could not be joined yet: %r", error)
            self._unjoined.add(user_id)
        else:
            self._joined.add(user_id)
            self._unjoined.discard(user_id)
        if not self._sockets.of(user_id):
            self.leave(user_id)  # whoever closed meanwhile found nothing to leave

    async def join_again(self) -> None:
        """Join what could not be joined."""
        await asyncio.gather(*(self.join(user_id) for user_id in self._unjoined))

    def leave(self, user_id: int) -> None:
        """Hear no more of a user soon, if that was the last socket here."""
        self._leaving.add(user_id)
        errands.begin(self._leave)

    async def _leave(self) -> None:
        while self._leaving:
            user_id = self._leaving.pop()
            if not self._sockets.of(user_id):
                await self._discard(user_id)

    async def _discard(self, user_id: int) -> None:
        self._unjoined.discard(user_id)
        if user_id not in self._joined:
            return
        self._joined.discard(user_id)
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                await self._layer.group_discard(user_group(user_id), self._channel)
        except Exception as error:  # noqa: BLE001 - events for nobody do no harm
            logger.debug("A group could not be left: %r", error)

    @property
    def _layer(self) -> Any:
        return get_channel_layer()

    async def _own_channel(self) -> str:
        if self._listening is None or self._listening.done():
            self._unjoined |= self._joined
            self._joined.clear()
            self._channel = await self._layer.new_channel()
            self._listening = asyncio.create_task(self._listen())
        return self._channel

    async def _listen(self) -> None:
        while True:
            try:
                event = await self._layer.receive(self._channel)
            except Exception:
                logger.exception("An event could not be received.")
                await asyncio.sleep(TIMEOUT_SECONDS)
                continue
            # One without its group comes from an older process during a deployment.
            if "group" in event:
                self._ring(user_of(event["group"]), event)

    def _ring(self, user_id: int, event: Event) -> None:
        for socket in tuple(self._sockets.of(user_id)):
            try:
                socket.hear(event)
            except Exception:
                logger.exception("A socket could not take an event.")


bell = Bell(open_sockets)
