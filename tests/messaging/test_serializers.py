"""The output of hand-written serializers matches the API description."""

from typing import Any

import pytest
from rest_framework import serializers

from messaging.models import Conversation, Message
from messaging.selectors import list_conversations, list_messages
from messaging.serializers import (
    ConversationSerializer,
    MessageSerializer,
    ParticipantSerializer,
    SenderSerializer,
    messages_data,
)
from tests.messaging.bodies import message_body, wire
from users.models import User

PEOPLE = [SenderSerializer, ParticipantSerializer]


@pytest.mark.parametrize("serializer", PEOPLE)
def test_person_has_the_declared_fields(
    alice: User, serializer: type[serializers.Serializer[Any]]
) -> None:
    written = serializer().to_representation(alice)

    assert set(written) == set(serializer().fields)


@pytest.mark.parametrize("serializer", PEOPLE)
def test_deleted_person_has_the_declared_fields(
    serializer: type[serializers.Serializer[Any]],
) -> None:
    written = serializer().to_representation(None)

    assert set(written) == set(serializer().fields)


def test_message_has_the_declared_fields(conversation: Conversation) -> None:
    written = MessageSerializer().to_representation(Message.objects.get())

    assert list(written) == list(MessageSerializer().fields)


def test_conversation_has_the_declared_fields(alice: User, conversation: Conversation) -> None:
    written = ConversationSerializer().to_representation(list_conversations(alice)[0])

    assert list(written) == list(ConversationSerializer().fields)


def test_messages_of_a_list_are_serialized_like_a_single_one(conversation: Conversation) -> None:
    message = Message.objects.get()
    [row] = list_messages(conversation)

    [written] = messages_data([row], conversation)

    assert wire(written) == wire(MessageSerializer().to_representation(message))
    assert wire(written) == message_body(message)
