"""Uploads photos, and sends them, as clients do."""

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from messaging.models import Attachment, Conversation
from tests.conftest import Client
from tests.media.pictures import draw
from users.models import User

UPLOADS = "/api/messaging/uploads/"
PHOTO = draw("JPEG", (60, 30))


def as_file(content: bytes = PHOTO, name: str = "photo.bin") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/octet-stream")


def upload(api: Client, content: bytes = PHOTO, key: Any = None) -> Any:
    """Upload a photo, with a new Upload-Key unless one is given."""
    return api.post(
        UPLOADS,
        {"file": as_file(content)},
        format="multipart",
        headers={"Upload-Key": str(key or uuid4())},
    )


def upload_ids(api: Client, count: int = 1) -> list[int]:
    return [upload(api).json()["id"] for _ in range(count)]


def send_form(api: Client, conversation: Conversation, *contents: bytes, **fields: Any) -> Any:
    """Send a form with these photos."""
    images = [as_file(each) for each in contents]
    return api.post(
        f"/api/messaging/conversations/{conversation.pk}/send/",
        {**fields, **({"image": images} if images else {})},
        format="multipart",
    )


def send_uploads(api: Client, conversation: Conversation, ids: list[int], **fields: Any) -> Any:
    return api.post(
        f"/api/messaging/conversations/{conversation.pk}/send/", {"uploads": ids, **fields}
    )


def fetch(url: str, **headers: str) -> Any:
    """Follow a link as an `<img>` does: without a token."""
    parts = urlsplit(url)
    return Browser().get(f"{parts.path}?{parts.query}", headers=headers)


def send_photo(api: Client, sender: User, conversation: Conversation) -> Attachment:
    """Send a photo; return it."""
    body = send_form(api.as_user(sender), conversation, PHOTO).json()
    return Attachment.objects.get(pk=body["attachments"][0]["id"])
