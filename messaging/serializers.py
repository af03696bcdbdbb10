"""
The format of conversations and messages in REST responses and socket frames.

Plain functions build the data that `api.formats.encode_json` encodes, because DRF's serializers would
take longer than the query that reads the rows. Every message in a page or frame is built by
`message_data`. The serializer classes declare the same fields for the API description, and tests
compare these declarations with the data.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from api.fields import MAX_ID, ClientIdField, FlatListField, IdField, WrittenField
from api.formats import wire_time
from messaging.details import Details, Quoted, load_details
from messaging.models import (
    CONTENT_MAX_LENGTH,
    MAX_VERSION,
    PREVIEW_LENGTH,
    Attachment,
    Conversation,
    Extra,
    Message,
)
from messaging.photos import Photo, links_of
from messaging.rows import ArchivedReason, ConversationEntry, MessageKind, MessageRow
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


class QuotedSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    sender = SenderSerializer()
    preview = serializers.CharField(
        allow_null=True,
        help_text=f"The first {PREVIEW_LENGTH} characters, or null if the message was deleted.",
    )
    is_deleted = serializers.BooleanField()
    kind = serializers.ChoiceField(choices=[each.value for each in MessageKind])


class ReactionSerializer(serializers.Serializer[Any]):
    emoji = serializers.CharField()
    user_ids = serializers.ListField(child=serializers.IntegerField())


class PhotoLinksSerializer(serializers.Serializer[Any]):
    """Links that need no token. They change once a day, and are valid for one to two days."""

    small = serializers.URLField(help_text="At most 320 by 320 pixels, as JPEG.")
    medium = serializers.URLField(help_text="At most 1280 by 1280 pixels.")
    large = serializers.URLField(help_text="At most 2560 by 2560 pixels.")


class AttachmentSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Attachment.Kind.values)
    width = serializers.IntegerField(help_text="Of the large size, as `height` and `bytes` are.")
    height = serializers.IntegerField()
    bytes = serializers.IntegerField()
    blurhash = serializers.CharField()
    urls = PhotoLinksSerializer()


def image_of(photos: Sequence[Photo]) -> str | None:
    """Return the link for clients that show one photo: the medium size of the first."""
    return links_of(photos[0])["medium"] if photos else None


def attachment_data(photo: Photo | Attachment) -> dict[str, Any]:
    """Return a photo in the format for clients."""
    names = ("id", "kind", "width", "height", "bytes", "blurhash")
    return {**{name: getattr(photo, name) for name in names}, "urls": links_of(photo)}


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
    edited_at = serializers.DateTimeField(allow_null=True)
    is_deleted = serializers.BooleanField(
        help_text="A deleted message keeps its place. Its `content` is empty."
    )
    image = serializers.URLField(
        allow_null=True, help_text="The medium size of the first photo, for clients that show one."
    )
    attachments = AttachmentSerializer(many=True)
    reply_to = QuotedSerializer(allow_null=True)
    reactions = ReactionSerializer(many=True)
    event = serializers.ChoiceField(
        choices=["joined"],
        allow_null=True,
        help_text="`joined`: a line that says that the sender has joined. `content` says it in English.",
    )

    def to_representation(self, message: Message) -> dict[str, Any]:
        details = load_details([message])
        people = [message.sender, *(each.sender for each in details.quoted.values())]
        return message_data(message, Senders(people), details)


class ConversationSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    trainer = ParticipantSerializer()
    trainee = ParticipantSerializer()
    last_message_at = serializers.DateTimeField(allow_null=True)
    last_message_preview = serializers.CharField(
        allow_null=True, help_text=f"The first {PREVIEW_LENGTH} characters of the last message."
    )
    last_message_kind = serializers.ChoiceField(
        choices=[each.value for each in MessageKind],
        allow_null=True,
        help_text="What the preview is: the text of the last message, or an English sentence about a photo"
        " without text (`photo`), a deleted message, or a trainee who has joined. `null` without messages.",
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
    deleted_version = serializers.IntegerField(
        help_text="The version at which a message was deleted last, or 0. A copy of the conversation from"
        " before that version has a text that must not be shown any more."
    )

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
            "last_message_kind": each.last_message_kind,
            "unread_count": each.unread_count,
            "is_archived": each.is_archived,
            "archived_reason": each.archived_reason,
            "created_at": wire_time(each.created_at),
            "version": each.version,
            "deleted_version": each.deleted_version or 0,
        }
        for each in conversations
    ]


class Senders(dict[int | None, dict[str, Any]]):
    """People in the format for clients, by id, each built once. Who is unknown is shown as removed."""

    def __init__(self, people: Iterable[User | None]) -> None:
        super().__init__({each.pk: _sender.to_representation(each) for each in people if each})

    def __missing__(self, user_id: int | None) -> dict[str, Any]:
        # Of an account that is being erased, the conversation is unlinked before the messages are.
        self[user_id] = _sender.to_representation(None)
        return self[user_id]


def message_data(
    message: Message | MessageRow, senders: Senders, details: Details
) -> dict[str, Any]:
    """Return a message in the format for clients."""
    is_deleted = message.removed_at is not None
    # One that was deleted unread counts as read, but nobody has read it.
    is_unread = is_deleted and message.read_version == message.content_version
    read_at = None if is_unread else message.read_at
    data = {
        "id": message.id,
        "conversation_id": message.conversation_id,
        "sender": senders[message.sender_id],
        "content": "" if is_deleted else message.content,
        "is_read": read_at is not None,
        "read_at": wire_time(read_at),
        "created_at": wire_time(message.created_at),
        "version": message.version,
        "client_id": message.client_id,
        "edited_at": message.edited_at and wire_time(message.edited_at),
        "is_deleted": is_deleted,
        "image": None,
        "attachments": [],
        "reply_to": None,
        "reactions": [],
        "event": None,
    }
    if message.extras and not is_deleted:
        data |= _details_data(message, senders, details)
    return data


def _details_data(
    message: Message | MessageRow, senders: Senders, details: Details
) -> dict[str, Any]:
    quoted = details.quoted.get(message.id)
    photos = details.photos.get(message.id, [])
    return {
        "image": image_of(photos),
        "attachments": [attachment_data(each) for each in photos],
        "reply_to": quoted and _quoted_data(quoted, senders),
        "reactions": reactions_data(details.reactions.get(message.id, {})),
        "event": "joined" if message.extras & Extra.JOINED else None,
    }


def _quoted_data(quoted: Quoted, senders: Senders) -> dict[str, Any]:
    is_deleted = quoted.kind is MessageKind.DELETED
    return {
        "id": quoted.id,
        "sender": senders[quoted.sender.pk if quoted.sender else None],
        "preview": None if is_deleted else quoted.kind.preview_of(quoted.content),
        "is_deleted": is_deleted,
        "kind": quoted.kind,
    }


def reactions_data(reactions: dict[str, list[int]]) -> list[dict[str, Any]]:
    """Return the reactions to a message in the format for clients, the first emoji first."""
    return [{"emoji": emoji, "user_ids": ids} for emoji, ids in reactions.items()]


def messages_data(
    messages: Sequence[MessageRow], conversation: Conversation
) -> list[dict[str, Any]]:
    """Return messages of one conversation in the format for clients."""
    senders = Senders([conversation.trainer, conversation.trainee])
    details = load_details(messages)
    return [message_data(each, senders, details) for each in messages]


class SendSerializer(serializers.Serializer[Any]):
    content = WrittenField(
        max_length=CONTENT_MAX_LENGTH,
        allow_blank=True,
        allow_null=True,
        default="",
        help_text="Leading and trailing whitespace is removed. A visible character is needed, "
        "unless there are photos. The text is stored in Unicode's form NFC.",
    )
    client_id = ClientIdField(
        allow_null=True,
        default=None,
        help_text="An ID generated by the client. If a request is repeated with the same ID, the message "
        "is not sent twice.",
    )
    reply_to = IdField(
        allow_null=True,
        default=None,
        help_text="The message of this conversation that is answered. It may be deleted.",
    )
    uploads = FlatListField(
        child=IdField(),
        allow_null=True,
        default=list,
        help_text="Photos that you have uploaded, by their IDs, in the order in which they are shown.",
    )

    def to_internal_value(self, data: Any) -> Any:
        """Return the values; raise DRF's ValidationError if there is neither a text nor a photo."""
        values = super().to_internal_value(data)
        if not (values["content"] or values["uploads"] or values.get("images")):
            flaw = _flaw_of(data.get("content", serializers.empty))
            message = self.fields["content"].error_messages[flaw]
            raise serializers.ValidationError({"content": [message]}, code=flaw)
        return {**values, "content": values["content"] or "", "uploads": values["uploads"] or []}


def _flaw_of(content: Any) -> str:
    """Return DRF's code for a missing text."""
    if content is serializers.empty:
        return "required"
    return "null" if content is None else "blank"


class EditSerializer(serializers.Serializer[Any]):
    content = WrittenField(
        max_length=CONTENT_MAX_LENGTH,
        allow_blank=True,
        help_text="May be empty if the message has photos.",
    )


class StartSerializer(SendSerializer):
    trainee_id = IdField()


class SendFormSerializer(SendSerializer):
    """A message in a form, which may carry photos."""

    image = FlatListField(
        source="images",
        child=serializers.FileField(allow_empty_file=True),
        default=list,
        help_text="Up to 10 photos: JPEG, PNG, WebP, HEIC or GIF, each at most 10 MB and 60 megapixels.",
    )


class StartFormSerializer(SendFormSerializer):
    trainee_id = IdField()


class UploadSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(
        allow_empty_file=True,
        help_text="JPEG, PNG, WebP, HEIC or GIF, at most 10 MB and 60 megapixels.",
    )


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
    """The query parameters of a keyset page. `KEYS` exclude each other."""

    KEYS = frozenset({"before", "after", "since", "around", "at"})

    before = serializers.IntegerField(required=False, min_value=0, max_value=MAX_ID)
    after = serializers.IntegerField(required=False, min_value=0, max_value=MAX_ID)
    since = serializers.IntegerField(required=False, min_value=0, max_value=MAX_VERSION)
    since_id = serializers.IntegerField(required=False, min_value=0, max_value=MAX_ID)
    around = serializers.IntegerField(required=False, min_value=0, max_value=MAX_ID)
    at = serializers.DateTimeField(required=False, input_formats=["iso-8601", "%Y-%m-%d"])
    limit = serializers.IntegerField(required=False, min_value=1, max_value=100, default=100)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs.keys() & self.KEYS) > 1:
            raise serializers.ValidationError(
                _("Use only one of before, after, since, around and at.")
            )
        return attrs
