from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.fields import IdField
from api.formats import wire_time
from messaging.details import load_details
from messaging.last_known import as_last_known
from messaging.models import Message
from messaging.search.selectors import SearchPage
from messaging.serializers import SenderSerializer, image_of
from text.visible import normalize
from users.models import User

QUERY_MIN_LENGTH = 2
QUERY_MAX_LENGTH = 100_000

_sender = SenderSerializer()


class QueryField(serializers.CharField):
    """What somebody searches for: two characters or more, in NFC like the messages."""

    default_error_messages = {"too_short": _("Type at least two characters.")}

    def run_validation(self, data: Any = serializers.empty) -> str:
        query = "" if data is serializers.empty else normalize(str(data), limit=QUERY_MAX_LENGTH)
        if len(query.strip()) < QUERY_MIN_LENGTH:
            self.fail("too_short")
        return query.strip()


class SearchSerializer(serializers.Serializer[Any]):
    q = QueryField()
    conversation = IdField(required=False)


class SearchResultSerializer(serializers.Serializer[Any]):
    message_id = serializers.IntegerField()
    conversation_id = serializers.IntegerField()
    sender_id = serializers.IntegerField(help_text="0 if the account was deleted.")
    sender_first_name = serializers.CharField(allow_blank=True)
    sender_last_name = serializers.CharField(allow_blank=True)
    content = serializers.CharField()
    image_url = serializers.URLField(allow_null=True)
    created_at = serializers.DateTimeField()
    other_participant_id = serializers.IntegerField(
        allow_null=True, help_text="`null` if the account was deleted."
    )
    other_participant_first_name = serializers.CharField(allow_blank=True)
    other_participant_last_name = serializers.CharField(allow_blank=True)


class FoundMessagesSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(
        help_text="At most 1,000, the newest: older ones are left out."
    )
    num_pages = serializers.IntegerField(min_value=1)
    page = serializers.IntegerField(min_value=1)
    has_next = serializers.BooleanField()
    has_previous = serializers.BooleanField()
    results = SearchResultSerializer(many=True)


def search_page_data(page: SearchPage, reader: User) -> dict[str, Any]:
    """Return a page of found messages in the format for clients, as `reader` may see their people."""
    photos = load_details(page.messages).photos
    return {
        "count": page.count,
        "num_pages": page.num_pages,
        "page": page.number,
        "has_next": page.number < page.num_pages,
        "has_previous": page.number > 1,
        "results": [
            _result_data(each, reader) | {"image_url": image_of(photos.get(each.pk, []))}
            for each in page.messages
        ],
    }


def _result_data(message: Message, reader: User) -> dict[str, Any]:
    trainer, trainee = _people_of(message, reader)
    other = trainee if trainer and trainer.pk == reader.pk else trainer
    own = {each.pk: each for each in (trainer, trainee) if each}
    sender_data = _sender.to_representation(own.get(message.sender_id or 0))
    other_data = _sender.to_representation(other)
    return {
        "message_id": message.pk,
        "conversation_id": message.conversation_id,
        "sender_id": sender_data["id"],
        "sender_first_name": sender_data["first_name"],
        "sender_last_name": sender_data["last_name"],
        "content": message.content,
        "created_at": wire_time(message.created_at),
        "other_participant_id": other_data["id"] or None,
        "other_participant_first_name": other_data["first_name"],
        "other_participant_last_name": other_data["last_name"],
    }


def _people_of(message: Message, reader: User) -> tuple[User | None, User | None]:
    conversation = message.conversation
    people = (conversation.trainer, conversation.trainee)
    if not conversation.is_archived:
        return people
    return as_last_known(reader.pk, *people, conversation.last_known)
