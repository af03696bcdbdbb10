"""Response bodies as the contract defines them, written without the product's serializers."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from api.formats import encode_json
from messaging.models import Conversation, Message
from tests.refusals import refusal
from users.models import User
from users.serializers import image_url

Body = dict[str, Any]

REMOVED_SENDER: Body = {"id": 0, "first_name": "[removed]", "last_name": "", "profile_image": None}
REMOVED_PARTICIPANT: Body = {**REMOVED_SENDER, "email": ""}

NOT_FOUND = refusal("Not found.", "not_found")
NO_TRAINEE = refusal("This person is not one of your trainees.", "trainee_not_found")
READ_ONLY = refusal(
    "You are viewing another person's account: you can read everything, but change nothing.",
    "impersonation_read_only",
)
ARCHIVED = refusal(
    "This conversation is archived. You can read it, but you can't reply.", "conversation_archived"
)


def wire(data: Any) -> Any:
    """Return data as a client receives it, after encoding and decoding as JSON."""
    return json.loads(encode_json(data))


def moment(value: datetime | None) -> str | None:
    if value is None:
        return None
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def sender_body(user: User | None) -> Body:
    if user is None:
        return REMOVED_SENDER
    image = image_url(user)
    return {
        "id": user.pk,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "profile_image": image,
    }


def participant_body(user: User | None) -> Body:
    return {**sender_body(user), "email": user.email if user else ""}


def message_body(message: Message) -> Body:
    """Return the response body for a message, from the database row."""
    message.refresh_from_db()
    # A deletion marks an unread message as read, in the same version, so that no badge counts it.
    is_unread = message.removed_at and message.read_version == message.content_version
    read_at = None if is_unread else message.read_at
    return {
        "id": message.pk,
        "conversation_id": message.conversation_id,
        "sender": sender_body(message.sender),
        "content": message.content,
        "is_read": read_at is not None,
        "read_at": moment(read_at),
        "created_at": moment(message.created_at),
        "version": message.version,
        "client_id": str(message.client_id) if message.client_id else None,
        "edited_at": moment(message.edited_at),
        "is_deleted": message.removed_at is not None,
        "image": None,
        "attachments": [],
        "reply_to": None,
        "reactions": [],
        "event": None,
    }


def conversation_body(
    conversation: Conversation, *, preview: str | None, unread: int, kind: str = "text"
) -> Body:
    """Return the response body for a conversation, from the database row."""
    conversation = Conversation.objects.get(pk=conversation.pk)
    trainee, is_archived = conversation.trainee, conversation.is_archived
    has_left = trainee is None or trainee.parent_trainer_id != conversation.trainer_id
    return {
        "id": conversation.pk,
        "trainer": participant_body(conversation.trainer),
        "trainee": participant_body(conversation.trainee),
        "last_message_at": moment(conversation.last_message_at),
        "last_message_preview": preview,
        "last_message_kind": kind if preview else None,
        "unread_count": unread,
        "is_archived": is_archived,
        "archived_reason": ("trainee_removed" if has_left else "other") if is_archived else None,
        "created_at": moment(conversation.created_at),
        "version": conversation.version,
        "deleted_version": conversation.deleted_version or 0,
    }


def page_body(*results: Body, count: int | None = None, **more: Any) -> Body:
    return {"count": count, "next": None, "previous": None, "results": list(results), **more}


def ids(rows: Iterable[Any]) -> list[int]:
    """Return the ids of model instances, or of rows from selectors, in order."""
    return [row.id for row in rows]
