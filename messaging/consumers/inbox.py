import asyncio
from itertools import islice
from typing import ClassVar

from django.conf import settings

from live.exceptions import UnknownFrame
from live.frame_consumer import Handler
from live.frames import Frame
from live.handshake import wants_newest
from live.position_table import ListBehind
from live.publisher import Event
from live.task_coalescer import tasks
from live.threads import in_thread
from messaging import frames, selectors
from messaging.consumers.typing_frames import TypingConsumer
from messaging.pagination import ConversationPage
from messaging.rows import ConversationEntry
from messaging.selectors import InboxChecksum

# Changes within this time are sent together.
COALESCE_SECONDS = 0.03


class InboxConsumer(TypingConsumer):
    """
    A socket for a device's conversation list and unread badge. It sends the state of each conversation
    that changes.

    Events only trigger reads from the database. Conversations whose events arrive within
    `COALESCE_SECONDS` are read together.
    """

    is_evicted_last = True
    list_behind: ClassVar[ListBehind] = staticmethod(selectors.list_differing_checksums)

    def __init__(self) -> None:
        super().__init__()
        self._versions: dict[int, int] = {}
        self._unread_count: int | None = None
        self._changed_ids: set[int] = set()
        self._differed_before = False
        self._is_initialized = False
        self._sending = asyncio.Lock()

    async def open(self) -> None:
        """
        Send the unread count, so that every new connection corrects the client's unread badge.

        If the client asks for it, also send the versions on the first page of its list. A client that has
        just loaded that page, and has these versions, need not load it again: all later changes follow.
        """
        async with self._sending:
            self._versions = await in_thread(selectors.get_inbox_versions, self.user)
            await self._send_updates([], self._newest())
        self._is_initialized = True
        self._schedule_refresh(set())

    # From the channel layer
    # --------------------------------------------------------------------------
    def handle_conversation_changed(self, event: Event) -> None:
        if event["version"] > self._versions.get(event["conversation_id"], 0):
            self._schedule_refresh({event["conversation_id"]})

    def handle_conversation_archived(self, event: Event) -> None:
        self._schedule_refresh({event["conversation_id"]})

    def _schedule_refresh(self, conversation_ids: set[int]) -> None:
        """Schedule sending these conversations. Until `open` has finished, only collect their ids."""
        self._changed_ids |= conversation_ids
        if self._changed_ids and self._is_initialized:
            tasks.schedule(self._refresh)

    async def _refresh(self) -> None:
        await asyncio.sleep(COALESCE_SECONDS)
        changed, self._changed_ids = self._changed_ids, set()
        if changed and not self._is_closing:
            async with self._sending:
                await self._send_in_slices(list(changed))

    async def _send_in_slices(self, conversation_ids: list[int]) -> None:
        """
        Send the state of conversations, at most `SOCKET_REPLAY_LIMIT` at a time.

        Each slice is loaded after all earlier frames have been sent. Otherwise, thousands of changes would
        overflow the outbox, which closes the socket.
        """
        size = settings.SOCKET_REPLAY_LIMIT
        for start in range(0, len(conversation_ids), size):
            await self._outbox.join()
            if not self._is_closing:
                await self._send_updates(conversation_ids[start : start + size])

    async def _send_updates(
        self, conversation_ids: list[int], newest: list[tuple[int, int]] | None = None
    ) -> None:
        entries, unread_count = await in_thread(self._load, conversation_ids)
        for entry in entries:
            if self._record(entry):
                self.push(frames.conversation_updated(entry))
        if unread_count != self._unread_count:
            self._unread_count = unread_count
            self.push(frames.unread_count(unread_count, newest))
        self.track_position()

    def _newest(self) -> list[tuple[int, int]] | None:
        if not wants_newest(self.scope):
            return None
        return list(islice(self._versions.items(), ConversationPage.page_size))

    def _load(self, conversation_ids: list[int]) -> tuple[list[ConversationEntry], int]:
        entries = selectors.list_inbox_entries(self.user, conversation_ids)
        return entries, selectors.count_unread(self.user)

    def _record(self, entry: ConversationEntry) -> bool:
        """Record a conversation's version; return whether the client's state is out of date."""
        if entry.is_archived:
            return self._versions.pop(entry.id, None) is not None
        is_news = entry.version > self._versions.get(entry.id, 0)
        self._versions[entry.id] = entry.version
        return is_news

    @property
    def position(self) -> InboxChecksum:
        return InboxChecksum.from_versions(self._versions)

    async def reconcile(self, actual: InboxChecksum) -> None:
        """
        Wait at the first call; at the second, send the conversations that the client has in old versions.

        The reconciler calls this each time it finds this socket behind the database. The first call does
        nothing, because the missing changes will most likely still arrive as events. If they do not, the
        second call sends them. The third call waits again, and so on. It would not work to wait until the
        checksum in the database stops changing, because a busy trainer's checksum keeps changing even
        while events are lost.
        """
        if self._differed_before:
            versions = await in_thread(selectors.get_inbox_versions, self.user)
            self._schedule_refresh({pk for pk, _ in versions.items() ^ self._versions.items()})
        self._differed_before = not self._differed_before

    # From the client
    # --------------------------------------------------------------------------
    async def answer_ping(self, frame: Frame) -> None:
        """Send a pong without a version, because each conversation in an inbox has its own."""
        self.push(frames.pong(None))

    def frame_handlers(self) -> dict[str, Handler]:
        return {**super().frame_handlers(), "typing": self.refuse_typing}

    async def refuse_typing(self, frame: Frame) -> None:
        """Raise UnknownFrame for a typing frame; beyond the limit of such errors, ignore the frame."""
        if self._typing.may_send_error():
            raise UnknownFrame
