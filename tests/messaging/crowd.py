"""Creates many conversations at once, without the services."""

from datetime import timedelta

from django.utils import timezone

from messaging.models import Conversation, Message
from users.models import User


def make_crowd(trainer: User, size: int, *, messages: int = 1) -> list[Conversation]:
    """Create trainees with a conversation each, in which both people write in turn and read nothing."""
    known = User.objects.count()
    trainees = User.objects.bulk_create(
        User(
            email=f"member{known + number:04}@example.com",
            first_name=f"Member {known + number:04}",
            parent_trainer=trainer,
        )
        for number in range(size)
    )
    conversations = Conversation.objects.bulk_create(
        Conversation(trainer=trainer, trainee=trainee, version=messages, message_count=messages)
        for trainee in trainees
    )
    for conversation in conversations:
        _fill(conversation, messages)
    return conversations


def _fill(conversation: Conversation, size: int) -> None:
    start = timezone.now() - timedelta(hours=1)
    written = Message.objects.bulk_create(
        Message(
            conversation=conversation,
            sender_id=conversation.trainee_id if number % 2 else conversation.trainer_id,
            content=f"Message {number}",
            created_at=start + timedelta(seconds=number),
            version=number,
            created_version=number,
            content_version=number,
        )
        for number in range(1, size + 1)
    )
    conversation.last_message = written[-1]
    conversation.last_message_at = written[-1].created_at
    conversation.save()
