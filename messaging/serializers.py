"""
The format of conversations and messages in REST responses and socket frames.

Plain functions build the data that `api.formats.encode_json` encodes, because DRF's serializers would
take longer than the query that reads the rows. Every message in a page or frame is built by
`message_data`. The serializer classes declare the same fields for the API description, and tests
compare these declarations with the data.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from api.fields import MAX_ID, ClientIdField, IdField, WrittenField
from api.formats import wire_time
from messaging.models import (
    CONTENT_MAX_LENGTH,
    MAX_VERSION,
    PREVIEW_LENGTH,
    Conversation,
    Message,
)
from messaging.rows import ArchivedReason, ConversationEntry, MessageRow
from users.models import REMOVED_PERSON_NAME, User
from users.serializers import image_url

REMOVED_PERSON_ID = 0


def _unless_erased(person: User | None) -> User | None:
    """Return the person, or None if the erasure of their account has begun."""
    return None if person is None or person.erased_at else person


class SenderSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(help_text="0 if the account was deleted.")
    first_name = serializers.CharField(allow_blank=True)
    last_name = serializers.CharField(allow_blank=True)
    profile_image = serializers.URLField(allow_null=True)

    def to_representation(self, person: User | None) -> dict[str, Any]:
        person = _unless_erased(person)
        if person is None:
            return {
                "id": REMOVED_PERSON_ID,
                "first_name": REMOVED_PERSON_NAME,
                "last_name": "",
                "profile_image": None,
            }
        return {
            "id": person.pk,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "profile_image": image_url(person),
        }


class ParticipantSerializer(SenderSerializer):
    email = serializers.CharField(allow_blank=True)

    def to_representation(self, person: User | None) -> dict[str, Any]:
        person = _unless_erased(person)
        return {**super().to_representation(person), "email": person.email if person else ""}


class MessageSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    conversation_id = serializers.IntegerField()
    sender = SenderSerializer()
    content = serializers.CharField()
    is_read = serializers.BooleanField()
    read_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    client_id = serializers.UUIDField(allow_null=True)

    def to_representation(self, message: Message) -> dict[str, Any]:
        return message_data(message, _sender.to_representation(message.sender))


class ConversationSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    trainer = ParticipantSerializer()
    trainee = ParticipantSerializer()
    last_message_at = serializers.DateTimeField(allow_null=True)
    last_message_preview = serializers.CharField(
        allow_null=True, help_text=f"The first {PREVIEW_LENGTH} characters of the last message."
    )
    unread_count = serializers.IntegerField()
    is_archived = serializers.BooleanField()
    archived_reason = serializers.ChoiceField(
        choices=[each.value for each in ArchivedReason],
        allow_null=True,
        help_text="`trainee_removed`: the trainee no longer has this trainer. The names are those of"
        " the day when they parted. `account_deleted`: one of the two accounts no longer exists. `other`:"
        " the trainee has this trainer, who can write again. `null` if the conversation is active.",
    )
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()

    def to_representation(self, conversation: ConversationEntry) -> dict[str, Any]:
        return conversations_data([conversation])[0]


_sender = SenderSerializer()
_participant = ParticipantSerializer()


def conversations_data(conversations: Iterable[ConversationEntry]) -> list[dict[str, Any]]:
    """Return conversations in the format for clients, building each person once."""
    people: dict[int | None, dict[str, Any]] = {}

    def person(user: User | None) -> dict[str, Any]:
        key = user.pk if user else None
        if key not in people:
            people[key] = _participant.to_representation(user)
        return people[key]

    return [
        {
            "id": each.id,
            "trainer": person(each.trainer),
            "trainee": person(each.trainee),
            "last_message_at": wire_time(each.last_message_at),
            "last_message_preview": each.last_message_preview,
            "unread_count": each.unread_count,
            "is_archived": each.is_archived,
            "archived_reason": each.archived_reason,
            "created_at": wire_time(each.created_at),
            "version": each.version,
        }
        for each in conversations
    ]


def message_data(message: Message | MessageRow, sender: dict[str, Any]) -> dict[str, Any]:
    """Return a message in the format for clients; `sender` already has that format."""
    return {
        "id": message.id,
        "conversation_id": message.conversation_id,
        "sender": sender,
        "content": message.content,
        "is_read": message.read_at is not None,
        "read_at": wire_time(message.read_at),
        "created_at": wire_time(message.created_at),
        "version": message.version,
        "client_id": message.client_id,
    }


def messages_data(
    messages: Iterable[MessageRow], conversation: Conversation
) -> list[dict[str, Any]]:
    """Return messages of one conversation in the format for clients, building each person once."""
    people = filter(None, [conversation.trainer, conversation.trainee])
    senders = {each.pk: _sender.to_representation(each) for each in people}
    # Of an account that is being erased, the conversation is unlinked before the messages are.
    removed = _sender.to_representation(None)
    return [message_data(each, senders.get(each.sender_id or 0, removed)) for each in messages]


class SendSerializer(serializers.Serializer[Any]):
    content = WrittenField(
        max_length=CONTENT_MAX_LENGTH,
        help_text="Leading and trailing whitespace is removed. A visible character is needed. The text is "
        "stored in Unicode's form NFC.",
    )
    client_id = ClientIdField(
        allow_null=True,
        default=None,
        help_text="An ID generated by the client. If a request is repeated with the same ID, the message "
        "is not sent twice.",
    )


class StartSerializer(SendSerializer):
    trainee_id = IdField()


class StartedSerializer(serializers.Serializer[Any]):
    conversation_id = serializers.IntegerField()
    message = MessageSerializer()
    is_new_conversation = serializers.BooleanField()


class MarkReadSerializer(serializers.Serializer[Any]):
    up_to = IdField(required=False, allow_null=True, default=None)


@extend_schema_serializer(component_name="Marked")
class MarkReadResultSerializer(serializers.Serializer[Any]):
    conversation_id = serializers.IntegerField()
    messages_marked = serializers.IntegerField()
    read_at = serializers.DateTimeField()


class UnreadCountSerializer(serializers.Serializer[Any]):
    unread_count = serializers.IntegerField()


class KeysetSerializer(serializers.Serializer[Any]):
    """The query parameters of a keyset page. Only one of `before`, `after` and `since` is allowed."""

    before = serializers.IntegerField(required=False, min_value=0, max_value=MAX_ID)
    after = serializers.IntegerField(required=False, min_value=0, max_value=MAX_ID)
    since = serializers.IntegerField(required=False, min_value=0, max_value=MAX_VERSION)
    since_id = serializers.IntegerField(required=False, min_value=0, max_value=MAX_ID)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=100, default=100)

    def validate(self, attrs: dict[str, int]) -> dict[str, int]:
        if len(attrs.keys() & {"before", "after", "since"}) > 1:
            raise serializers.ValidationError(_("Use only one of before, after and since."))
        return attrs
