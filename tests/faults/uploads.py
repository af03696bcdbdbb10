"""Uploads photos before they are sent, and lets others try to send them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.faults.answers import Answer
from tests.faults.causes import Request
from tests.faults.history import Send
from tests.faults.rest import Rest

if TYPE_CHECKING:
    from tests.faults.writers import Writer

THEFT_CHANCE, FORGET_CHANCE = 0.3, 0.15
UPLOAD_SECONDS = 20.0
NOT_FOUND = "upload_not_found"


@dataclass
class Upload(Request):
    """An upload, repeated with the same key until it is accepted."""

    ids: set[int] = field(default_factory=set)


class Uploader:
    """Uploads the photos of a writer; `stranger` is somebody else's client."""

    def __init__(self, writer: Writer, stranger: Rest) -> None:
        self.writer = writer
        self.stranger = stranger

    async def upload(self, send: Send) -> bool:
        """Upload a photo; return whether it is to be sent now. Some uploads are never sent."""
        assert send.photo
        upload = Upload()
        await self.writer.insist(upload, lambda: self._attempt(send, upload))
        if len(upload.ids) > 1:
            self.writer.history.report("doubled", f"one upload was accepted as {upload.ids}")
        if upload.is_accepted and self.writer.rng.random() < THEFT_CHANCE:
            await self._steal(send)
        return upload.is_accepted and self.writer.rng.random() >= FORGET_CHANCE

    async def _attempt(self, send: Send, upload: Upload) -> None:
        assert send.photo
        answer = await self.writer.rest.ask(
            "POST",
            "messaging/uploads/",
            files=[("file", ("photo", send.photo.draw(), "application/octet-stream"))],
            headers={"Upload-Key": send.photo.upload_key},
            timeout=UPLOAD_SECONDS,
        )
        self.writer.history.check_answer("upload", answer)
        upload.answers.append(answer)
        if answer.is_accepted:
            send.photo.attachment = answer.body
            upload.ids.add(answer.body["id"])

    async def _steal(self, send: Send) -> None:
        """Let the other person of the conversation try to send the upload, which is not theirs."""
        assert send.photo
        path = f"messaging/conversations/{send.conversation_id}/send/"
        body = {"content": "", "uploads": [send.photo.attachment["id"]]}
        answer: Answer = await self.stranger.ask("POST", path, body)
        self.writer.history.check_answer("a theft", answer, allowed=(NOT_FOUND,))
        if answer.is_accepted:
            self.writer.history.report("photo_shown", f"a stranger sent upload {body['uploads']}")
