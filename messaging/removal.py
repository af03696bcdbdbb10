"""How a message changes when its text is removed, by support or with its sender's account."""

from typing import Any

from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils import timezone


def removal_at(version: int) -> dict[str, Any]:
    """
    Return the values to update, for messages whose text is removed at this version of the conversation.

    Unread messages become read, so that unread counts leave them out. Their `read_version` equals their
    `content_version`, which is never so for messages that their recipient has read.
    """
    now = timezone.now()
    return {
        "content": "",
        "removed_at": now,
        "read_at": Coalesce("read_at", Value(now)),
        "read_version": Coalesce("read_version", Value(version)),
    }
