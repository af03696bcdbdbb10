"""Receives events from the channel layer for all sockets of this process."""

import asyncio
import logging
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings

from live.events import user_group, user_of
from live.publisher import Event
from live.registry import SocketRegistry, open_sockets
from live.task_coalescer import tasks

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0


class EventListener:
    """
    Receives events on one channel for the whole process, and passes them to the sockets.

    The channel is subscribed to the groups of all users who have sockets in the process. So an event is
    decoded once for all sockets of a user, and an idle socket needs no queue or task.
    """

    def __init__(self, sockets: SocketRegistry) -> None:
        self._sockets = sockets
        self._channel = ""
        self._listening: asyncio.Task[None] | None = None
        self._subscribed: set[int] = set()
        self._failed: set[int] = set()
        self._released: set[int] = set()

    async def subscribe(self, user_id: int) -> None:
        """Subscribe to a user's events. If the layer is unavailable, the reconciler tries again."""
        if user_id in self._subscribed:
            return
        try:
            async with asyncio.timeout(settings.EVENT_TIMEOUT_SECONDS):
                await self._layer.group_add(user_group(user_id), await self._ensure_channel())
        except Exception as error:  # noqa: BLE001 - all failures of the layer are treated alike
            logger.warning("A group could not be joined yet: %r", error)
            self._failed.add(user_id)
        else:
            self._subscribed.add(user_id)
            self._failed.discard(user_id)
        if not self._sockets.of_user(user_id):
            self.release(user_id)  # the socket closed before the subscription existed

    async def retry_failed(self) -> None:
        """Retry failed subscriptions."""
        await asyncio.gather(*(self.subscribe(user_id) for user_id in self._failed))

    def release(self, user_id: int) -> None:
        """Unsubscribe from a user's events soon, unless the process has another socket of the user."""
        self._released.add(user_id)
        tasks.schedule(self._unsubscribe_released)

    async def _unsubscribe_released(self) -> None:
        while self._released:
            user_id = self._released.pop()
            if not self._sockets.of_user(user_id):
                await self._unsubscribe(user_id)

    async def _unsubscribe(self, user_id: int) -> None:
        self._failed.discard(user_id)
        if user_id not in self._subscribed:
            return
        self._subscribed.discard(user_id)
        try:
            async with asyncio.timeout(settings.EVENT_TIMEOUT_SECONDS):
                await self._layer.group_discard(user_group(user_id), self._channel)
        except Exception as error:  # noqa: BLE001 - events without a socket are harmless
            logger.debug("A group could not be left: %r", error)

    @property
    def _layer(self) -> Any:
        return get_channel_layer()

    async def _ensure_channel(self) -> str:
        """
        Return the channel from which a task receives events.

        If there is no such task, as on a new event loop, first create a new channel and start a task.
        """
        if self._listening is None or self._listening.done():
            self._failed |= self._subscribed
            self._subscribed.clear()
            self._channel = await self._layer.new_channel()
            self._listening = asyncio.create_task(self._listen())
        return self._channel

    async def _listen(self) -> None:
        while True:
            try:
                event = await self._layer.receive(self._channel)
            except Exception:
                logger.exception("An event could not be received.")
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            # During a deployment, events without a group come from an older release.
            if "group" in event:
                self._dispatch(user_of(event["group"]), event)

    def _dispatch(self, user_id: int, event: Event) -> None:
        for socket in tuple(self._sockets.of_user(user_id)):
            try:
                socket.on_event(event)
            except Exception:
                logger.exception("A socket failed on an event.")


listener = EventListener(open_sockets)
