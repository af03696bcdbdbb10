"""Fills an empty database with the demo: people, their conversations, and invitations."""

import re
import secrets
from collections.abc import Callable
from datetime import datetime, time, timedelta
from itertools import count

from django.db import transaction

from messaging.models import Conversation, Message
from notifications.services.mail_sweeping import skip_existing_messages
from trainer.demo.addresses import TRAINER
from trainer.demo.people import create_people
from trainer.demo.talks import REMOVED, TALKS
from trainer.models import Invitation
from trainer.services.trainees import remove_trainee
from users.models import User

LINE = re.compile(
    r"(?P<days>\d+) (?P<hour>\d\d):(?P<minute>\d\d) (?P<way>[<>])(?P<new>!?) (?P<text>.+)"
)
LAST = time(16, 35)
"""The latest time of day in the talks."""
LIFETIME = timedelta(days=7)
INVITED = (
    ("nadia.benali@example.com", 1, False),
    ("felix.brandt@example.com", 3, False),
    ("wen.zhao@example.com", 12, False),
    ("emma.evans@example.com", 15, True),
    ("somebody.with.a.very.long.address@mail.example.com", 20, False),
)
"""Whom the trainer has invited, how many days ago, and whether the person has accepted."""

Moment = Callable[[int, int, int], datetime]


@transaction.atomic
def fill_demo(*, now: datetime, password: str) -> User:
    """
    Create the demo as it looks at `now`, with one password for everybody; return the trainer.

    Days and times of day are those of the time zone of `now`. Before 16:35, the newest messages are from
    yesterday, so that none is from the future. Nobody gets an email about those that are unread.
    """
    people = create_people(password)
    trainer, moment = people[TRAINER], _moments(now)
    for name, text in TALKS.items():
        _write_down(trainer, people[name], text, moment)
    remove_trainee(trainer=trainer, trainee_id=people[REMOVED].pk)
    for email, days_ago, is_accepted in INVITED:
        _invite(trainer, email, moment(days_ago, 10, 0), is_accepted=is_accepted)
    skip_existing_messages()
    return trainer


def _moments(now: datetime) -> Moment:
    """Return a function that returns the time of (days ago, hour, minute)."""
    today = now if now.time() >= LAST else now - timedelta(days=1)

    def moment(days_ago: int, hour: int, minute: int) -> datetime:
        day = today - timedelta(days=days_ago)
        return day.replace(hour=hour, minute=minute, second=0, microsecond=0)

    return moment


def _write_down(trainer: User, trainee: User, text: str, moment: Moment) -> None:
    """Create a conversation from lines in the format of `talks`."""
    conversation = Conversation.objects.begin(trainer=trainer, trainee=trainee)
    versions = count(1)
    messages = Message.objects.bulk_create(
        _read_line(line, conversation, next(versions), moment) for line in text.strip().splitlines()
    )
    conversation.version = conversation.message_count = len(messages)
    conversation.last_message = messages[-1]
    conversation.last_message_at = messages[-1].created_at
    conversation.save()


def _read_line(line: str, conversation: Conversation, version: int, moment: Moment) -> Message:
    found = LINE.fullmatch(line)
    if found is None:
        raise ValueError(f"Not a line of a talk: {line!r}")
    sent = moment(int(found["days"]), int(found["hour"]), int(found["minute"]))
    is_read = not found["new"]
    return Message(
        conversation=conversation,
        sender=conversation.trainee if found["way"] == "<" else conversation.trainer,
        content=found["text"].replace(r"\n", "\n"),
        created_at=sent,
        version=version,
        created_version=version,
        content_version=version,
        read_at=sent + timedelta(minutes=1) if is_read else None,
        read_version=version if is_read else None,
    )


def _invite(trainer: User, email: str, created: datetime, *, is_accepted: bool) -> None:
    Invitation.objects.create(
        trainer=trainer,
        email=email,
        code_hash=secrets.token_hex(32),
        created_at=created,
        expires_at=created + LIFETIME,
        accepted_at=created + timedelta(days=1) if is_accepted else None,
    )
