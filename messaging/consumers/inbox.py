import asyncio

from django.db import Error as DatabaseError

from messaging import frames, selectors
from messaging.consumers.base import Frame, LiveConsumer
from messaging.consumers.review import Facts
from messaging.consumers.threads import in_thread
from messaging.models import Conversation
from messaging.selectors import InboxSum

# Several changes within this time are told as one.
GATHER_SECONDS = 0.03


class InboxConsumer(LiveConsumer):
    """
    A device's socket for its lists and badges: how each conversation stands after it has changed.

    Events only ring: the state is read from the database, once for all that rang together.
    """

    def __init__(self) -> None:
        super().__init__()
        self._versions: dict[int, int] = {}
        self._unread_count: int | None = None
        self._rung: set[int] = set()
        self._refreshing: asyncio.Task[None] | None = None
        self._reviewed_sum: InboxSum | None = None
        self._sending = asyncio.Lock()

    async def open(self) -> None:
        """Tell the badge, so that a reconnect alone puts it right."""
        async with self._sending:
            self._versions = await in_thread(selectors.get_inbox_versions, self.user)
            await self._tell([])

    # From the channel layer
    # --------------------------------------------------------------------------
    async def conversation_changed(self, event: Frame) -> None:
        if event["version"] > self._versions.get(event["conversation_id"], 0):
            self._ring({event["conversation_id"]})

    async def conversation_archived(self, event: Frame) -> None:
        self._ring({event["conversation_id"]})

    def _ring(self, conversation_ids: set[int]) -> None:
        self._rung |= conversation_ids
        if self._rung and (self._refreshing is None or self._refreshing.done()):
            self._refreshing = asyncio.create_task(self._refresh())

    async def _refresh(self) -> None:
        while self._rung and not self._is_ended:
            await asyncio.sleep(GATHER_SECONDS)
            rung, self._rung = self._rung, set()
            try:
                async with self._sending:
                    await self._tell(rung)
            except DatabaseError:
                pass  # the review finds the difference

    async def _tell(self, conversation_ids: set[int] | list[int]) -> None:
        entries, unread_count = await in_thread(self._load, conversation_ids)
        for entry in entries:
            if self._note(entry):
                self.push(frames.conversation_updated(entry))
        if unread_count != self._unread_count:
            self._unread_count = unread_count
            self.push(frames.unread_count(unread_count))

    def _load(self, conversation_ids: set[int] | list[int]) -> tuple[list[Conversation], int]:
        entries = selectors.list_inbox_entries(self.user, conversation_ids)
        return entries, selectors.count_unread(self.user)

    def _note(self, entry: Conversation) -> bool:
        """Remember how a conversation stands; return whether that is news."""
        if entry.is_archived:
            return self._versions.pop(entry.pk, None) is not None
        is_news = entry.version > self._versions.get(entry.pk, 0)
        self._versions[entry.pk] = entry.version
        return is_news

    async def catch_up_with(self, facts: Facts) -> None:
        """Look for differences when the sums have differed for a whole interval."""
        stands = facts.inboxes.get(self.user.pk, InboxSum())
        known = InboxSum(len(self._versions), sum(self._versions.values()))
        if stands != known and stands == self._reviewed_sum:
            actual = await in_thread(selectors.get_inbox_versions, self.user)
            self._ring({pk for pk, _ in actual.items() ^ self._versions.items()})
        self._reviewed_sum = stands

    # From the client
    # --------------------------------------------------------------------------
    async def answer_ping(self, frame: Frame) -> None:
        """A pong without a version: an inbox has many."""
        self.push(frames.pong(None))
