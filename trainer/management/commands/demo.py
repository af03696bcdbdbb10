from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from messaging.models import Conversation, Message
from users.models import User

PASSWORD = "demo-password-1"  # noqa: S105 - for demo users, which production refuses
HISTORY = (
    ("Morning! How did the first week feel?", "Good, but my legs are on fire."),
    ("That is what week one is for. Sleep well?", "Seven hours, most nights."),
    ("Then we add a third set of squats on Thursday.", "Oh no.\nI mean: yes, coach."),
    ("Send me a video of the last set, please.", "Will do. From the side?"),
    ("From the side, and mind the knees.", "Here it is: https://example.com/squat.mp4"),
    ("Much better than last week! Hips a little lower.", "I felt that. Thursday again?"),
    ("Thursday again. And drink more water 💧", "Two litres a day, promised."),
    ("How is the shoulder?", "Better. No pain when I lift my arm."),
    ("Then we start with light presses.", "Finally!"),
    ("Five kilos each side, not more.", "Five. Understood."),
    ("I moved our call to 6 pm, is that fine?", "Perfect, I am home by then."),
    ("New plan is in your mail.", "Looks tough. I like it."),
    ("Tell me on Sunday how it went.", "I will. Have a good weekend!"),
)


class Command(BaseCommand):
    help = "Create demo users and some messages, unless they exist. Not available in production."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("Demo users have a public password, so production refuses them.")
        trainer = _person(
            "trainer", "Tina", "Torres", User.Role.TRAINER, business_name="Strong Days"
        )
        _person("trainer2", "Tom", "Tanner", User.Role.TRAINER, business_name="Tanner Training")
        names = (("trainee", "Emma", "Evans"), ("trainee2", "Ben", "Brooks"))
        for name, first, last in names:
            _person(name, first, last, User.Role.TRAINEE, parent_trainer=trainer)
        third = _person("trainee3", "Carla", "Costa", User.Role.TRAINEE, parent_trainer=trainer)
        _person("admin", "Ada", "Adams", User.Role.ADMIN, is_staff=True, is_superuser=True)
        if not Conversation.objects.filter(trainer=trainer, trainee=third).exists():
            _write_history(trainer, third)
        self.stdout.write(
            f"\n  Open {settings.PUBLIC_URL}/api/docs/ (the API) or {settings.PUBLIC_URL}/admin/\n"
            "  Sign in as trainer@example.com, trainer2@example.com, trainee@example.com,\n"
            "  trainee2@example.com, trainee3@example.com or admin@example.com;\n"
            f"  the password is {PASSWORD}\n"
        )


def _person(name: str, first_name: str, last_name: str, role: str, **fields: Any) -> User:
    email = f"{name}@example.com"
    names = {"first_name": first_name, "last_name": last_name}
    found = User.objects.filter(email=email).first()
    return found or User.objects.create_user(email, PASSWORD, role=role, **names, **fields)


def _write_history(trainer: User, trainee: User) -> None:
    """Create messages from the last ten days; all are read, except the trainee's last three messages."""
    texts = [text for pair in HISTORY for text in pair]
    conversation = Conversation.objects.begin(trainer=trainer, trainee=trainee)
    begin = timezone.now() - timedelta(hours=9 * len(texts))
    messages = [
        Message(
            conversation=conversation,
            sender=trainee if index % 2 else trainer,
            content=text,
            created_at=begin + timedelta(hours=9 * index, minutes=7 * index % 50),
            version=index + 1,
            created_version=index + 1,
            content_version=index + 1,
        )
        for index, text in enumerate(texts)
    ]
    Message.objects.bulk_create(messages)
    _mark_all_but_the_last(conversation, trainee, unread=3)


def _mark_all_but_the_last(conversation: Conversation, trainee: User, *, unread: int) -> None:
    messages = list(conversation.messages.order_by("created_version"))
    theirs = [each for each in messages if each.sender_id == trainee.pk]
    conversation.version = len(messages) + 1
    conversation.messages.exclude(pk__in=[each.pk for each in theirs[-unread:]]).update(
        read_at=timezone.now(), version=conversation.version, read_version=conversation.version
    )
    conversation.message_count = len(messages)
    conversation.last_message = messages[-1]
    conversation.last_message_at = messages[-1].created_at
    conversation.save()
