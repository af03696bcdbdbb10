"""Changes the text of a message, for its sender."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from api.exceptions import FieldInvalid
from api.throttling import hit
from messaging.events import announce_edit
from messaging.exceptions import EditWindowOver, MessageDeleted
from messaging.models import Extra, Message, MessageRevision
from messaging.services.changing import ensure_is_own, lock_message, renew_replies, take_version
from users.impersonation import ensure_may_write
from users.models import User

EDIT_WINDOW = timedelta(minutes=15)


def edit_message(*, editor: User, conversation_id: int, message_id: int, content: str) -> Message:
    """
    Give a message another text, up to 15 minutes after it was sent, and announce it.

    `content` must be stripped; it may be empty if the message has photos. The earlier text is kept for
    support. A repeated request changes nothing. Each call counts for the rate limit `THROTTLE_MESSAGING`.
    Raise ImpersonationReadOnly, TooFast, ConversationNotFound, MessageNotFound, ConversationArchived,
    NotYourMessage, MessageDeleted, EditWindowOver or FieldInvalid.
    """
    ensure_may_write(editor)
    hit("messaging", editor.pk)
    with transaction.atomic():
        conversation, message = lock_message(editor, conversation_id, message_id)
        _ensure_may_edit(message, editor, content)
        if message.edited_at and message.content == content:
            return message
        MessageRevision.objects.create(message=message, content=message.content)
        version = take_version(conversation)
        message.content, message.edited_at, message.version = content, timezone.now(), version
        edited = {"content": content, "edited_at": message.edited_at}
        Message.objects.filter(pk=message.pk).change_content(version=version, **edited)
        announce_edit(conversation, message)
        renew_replies(conversation, message.pk)
    return message


def _ensure_may_edit(message: Message, editor: User, content: str) -> None:
    ensure_is_own(message, editor)
    if message.removed_at:
        raise MessageDeleted
    if timezone.now() - message.created_at > EDIT_WINDOW:
        raise EditWindowOver
    if not content and not message.extras & Extra.ATTACHMENTS:
        raise FieldInvalid("content", _("This field may not be blank."))
