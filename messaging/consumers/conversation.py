import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import ClassVar

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers

from api import metrics
from api.exceptions import NotFound
from api.fields import validated
from live.batched_check import BatchedCheck
from live.close_codes import CloseCode
from live.frames import Frame
from live.handshake import has_token_in_query, resume_version
from live.position_table import ListBehind
from live.publisher import Event
from live.task_coalescer import tasks
from live.threads import in_thread
from messaging import frames, selectors
from messaging.consumers.typing_frames import TypingConsumer
from messaging.serializers import MarkReadSerializer
from messaging.services.reading import MarkReadResult, mark_read
from messaging.services.typing import show_typing
from users.impersonation import ensure_may_write
from users.throttling import count_request

logger = logging.getLogger(__name__)
_newer = BatchedCheck(selectors.list_newer)


class ConversationConsumer(TypingConsumer):
    """
    A socket on one conversation. It delivers every change in order and exactly once.

    The channel layer may lose events. `version` is the last version that was sent. If an event has the
    next version and contains a frame, that frame is forwarded unchanged. If the event contains no frame,
    or if versions are missing, the changes are read from the database before any newer change is sent. If
    there are too many changes, a `reset` frame tells the client to reload instead. Events with `version`
    or an older version are dropped.

    Clients that send `?token=` show all messages as read when they get any `read_receipt`. They get one
    only if the other person has read all messages of the user.
    """

    conversation_id = 0
    list_behind: ClassVar[ListBehind] = staticmethod(selectors.list_newer)

    def __init__(self) -> None:
        super().__init__()
        self.version = 0
        self._announced_version = 0
        self._last_compared_version = 0
        self._other_id: int | None = None
        self._needs_whole_receipts = False
        # While this is held, no event is forwarded: the rows read from the database must be sent first.
        self._reading = asyncio.Lock()

    async def open(self) -> None:
        """Replay missed changes. The socket is already subscribed; subscribing later would leave a gap."""
        self.conversation_id = self.scope["url_route"]["kwargs"]["conversation_id"]
        self._needs_whole_receipts = has_token_in_query(self.scope)
        async with self._reading:
            since = resume_version(self.scope)
            await self._replay(since)
        if since is not None:
            metrics.replays.inc()

    async def _replay(self, since: int | None) -> None:
        missed, replayed = await in_thread(self._load_missed, since)
        for frame in replayed:
            self.push(frame)
        ids = missed.conversation.participant_ids
        self._other_id = next((each for each in ids if each != self.user.pk), None)
        self._go_to(missed.version)

    def _load_missed(self, since: int | None) -> tuple[selectors.Replay, list[str]]:
        """Return the missed changes and their frames, or `reset` if these are too long."""
        missed = selectors.get_replay(self.user, self.conversation_id, since)
        omits = self._needs_whole_receipts and missed.messages
        has_unread = omits and selectors.has_sent_unread(self.user, self.conversation_id)
        replayed = frames.replay(missed, self.user.pk, with_receipts=not has_unread)
        if sum(map(len, replayed)) > settings.SOCKET_REPLAY_BYTES:
            replayed = [frames.reset(missed.version)]
        return missed, replayed

    def _go_to(self, version: int) -> None:
        self.version = version
        self.track_position()

    async def _catch_up(self) -> None:
        metrics.holes_filled.inc()
        try:
            await self._replay(self.version)
        except NotFound:
            self.close_soon(CloseCode.NOT_VISIBLE)

    # From the channel layer
    # --------------------------------------------------------------------------
    def handle_conversation_changed(self, event: Event) -> None:
        if event["conversation_id"] != self.conversation_id:
            return
        is_next = event["version"] == self.version + 1
        if is_next and not self._reading.locked() and self._may_forward(event["frame"]):
            self.push(event["frame"])
            self._go_to(event["version"])
        else:
            self._catch_up_to(event["version"])

    def _may_forward(self, frame: str | None) -> bool:
        """Return whether an event's frame can be sent without reading the database."""
        if not frame:
            return False
        return not (frames.is_read_receipt(frame) and self._needs_whole_receipts)

    def _catch_up_to(self, version: int) -> None:
        """Schedule a read of the changes up to `version`, unless that version has already been sent."""
        if version > self.version:
            self._announced_version = max(self._announced_version, version)
            tasks.schedule(self._fill_gap)

    async def _fill_gap(self) -> None:
        """Read the changes up to the newest announced version, unless they have arrived meanwhile."""
        async with self._reading:
            if self.version < self._announced_version:
                logger.debug(
                    "Filling a gap after version %s of conversation %s.",
                    self.version,
                    self.conversation_id,
                )
                await self._catch_up()

    def handle_conversation_typing(self, event: Event) -> None:
        # Until the handshake ends, access has not been checked.
        if event["conversation_id"] == self.conversation_id and not self._is_handshaking:
            self.push(event["frame"])

    def handle_conversation_archived(self, event: Event) -> None:
        """Close the socket, unless the database shows that the conversation has been reopened since."""
        if event["conversation_id"] == self.conversation_id:
            self._catch_up_to(event["version"])

    @property
    def position(self) -> tuple[int, int]:
        return self.conversation_id, self.version

    async def reconcile(self, actual: int | None) -> None:
        """
        Catch up with the database, or close the socket if it must not stay open.

        `actual` is the conversation's version in the database, or None if the conversation is archived or
        the user has lost access. Close the socket if `actual` is None. Otherwise, catch up only if the
        socket has still not sent the `actual` version of the previous call. Newer versions will most likely
        arrive as events.
        """
        if actual is None:
            self.close_soon(CloseCode.NOT_VISIBLE)
            return
        if self.version < self._last_compared_version:
            self._announced_version = max(self._announced_version, actual)
            await self._fill_gap()
        self._last_compared_version = actual

    # From the client
    # --------------------------------------------------------------------------
    def frame_handlers(self) -> dict[str, Callable[[Frame], Awaitable[None]]]:
        return {**super().frame_handlers(), "typing": self.show_typing, "read": self.mark_read}

    async def answer_ping(self, frame: Frame) -> None:
        """Send missed changes, if any, then a pong with the version."""
        is_behind = await _newer.is_behind(self.user.pk, *self.position)
        async with self._reading:
            if is_behind:
                await self._catch_up()
            self.push(frames.pong(self.version))

    async def show_typing(self, frame: Frame) -> None:
        """
        Announce the typing state to the other person, now or as soon as the limit allows it.

        Raise ValidationError if `is_typing` is not a boolean, or ImpersonationReadOnly if the user is
        impersonated. These errors count towards the same limit. Once the limit is reached, ignore such a
        frame instead of raising an error.
        """
        is_typing = frame.get("is_typing")
        is_wrong = self.user.is_impersonated or not isinstance(is_typing, bool)
        if is_wrong and not self._typing.may_send_error():
            return
        if not isinstance(is_typing, bool):
            raise serializers.ValidationError(_("is_typing must be true or false."))
        ensure_may_write(self.user)
        self._typing.is_typing = is_typing
        self._announce_typing()

    def _announce_typing(self) -> None:
        if self._typing.should_announce():
            show_typing(
                by=self.user,
                conversation_id=self.conversation_id,
                to_id=self._other_id,
                is_typing=self._typing.is_typing,
            )
        elif self._typing.is_pending:
            tasks.schedule(self._announce_typing_later)

    async def _announce_typing_later(self) -> None:
        """Announce the latest typing state once the rate limit allows, even if no further frame arrives."""
        await asyncio.sleep(self._typing.wait_seconds)
        if self._typing.is_pending and not self._is_closing:
            self._announce_typing()

    async def mark_read(self, frame: Frame) -> None:
        up_to = validated(MarkReadSerializer, frame)["up_to"]
        await in_thread(self._mark_read, up_to)

    def _mark_read(self, up_to: int | None) -> MarkReadResult:
        ensure_may_write(self.user)
        count_request(self.user, scope="reading")
        return mark_read(reader=self.user, conversation_id=self.conversation_id, up_to=up_to)
