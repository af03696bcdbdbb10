"""Loads photos by their links, as `<img>` does: without a token."""

from tests.faults.answers import UNAVAILABLE, Answer
from tests.faults.history import History, Send
from tests.faults.photos import path_of
from tests.faults.rest import Rest

NOT_THERE = {404, 410}


class Viewer:
    """Loads copies of photos, and reports those that are lost, deleted or shown to strangers."""

    def __init__(self, rest: Rest, history: History) -> None:
        self.rest = rest
        self.history = history

    async def view(self, send: Send, size: str) -> Answer:
        """Load a copy of a photo by its link."""
        assert send.photo
        answer = await self.rest.ask("GET", path_of(send.photo.attachment["urls"][size]))
        what = f"the {size} copy of the photo of message {send.message_id}"
        if answer.status in NOT_THERE:
            if not any(each.began < answer.ended for each in send.deletions):
                self.history.report("photo_lost", f"{what} is not there")
        elif answer.status == 200:
            self.history.count("photos_viewed")
            self._check_copy(send, size, answer, what)
        else:
            self._check_error(what, answer)
        return answer

    def _check_error(self, what: str, answer: Answer) -> None:
        """Report an error, except a 503 that tells when to try again; outside the API it is a page."""
        if answer.status != UNAVAILABLE or "retry-after" not in answer.headers:
            self.history.check_answer(what, answer)

    def _check_copy(self, send: Send, size: str, answer: Answer, what: str) -> None:
        assert send.photo
        if send.deleted_at < answer.began:
            self.history.report("deleted_text_seen", f"{what} was shown after its deletion")
        elif flaw := send.photo.find_flaw(size, bytes(answer.body)):
            self.history.report("photo_lost", f"{what} {flaw}")

    async def forge(self, send: Send, other: Send, size: str) -> None:
        """Try to load a copy without a signature, and with that of another photo or another copy."""
        assert send.photo
        assert other.photo
        path = path_of(send.photo.attachment["urls"][size])
        other_size = "large" if size == "small" else "small"
        signature = path_of(other.photo.attachment["urls"][other_size]).partition("?")[2]
        for forged in (path.partition("?")[0], f"{path.partition('?')[0]}?{signature}"):
            answer = await self.rest.ask("GET", forged)
            if answer.status == 200:
                self.history.report("photo_shown", f"{forged} was shown without its signature")
            elif answer.status not in NOT_THERE:
                self._check_error(forged, answer)
