"""Fills an empty database with the data of the screenshots, in a separate process; prints the ids."""

import json
import re
import sys
from datetime import UTC, datetime, timedelta
from itertools import count

from django.core.management import call_command
from django.db.models import F

from messaging.models import Conversation, Message
from tests.e2e.extreme_cast import fill
from tests.e2e.extremes import TRAINER, WORD
from tests.e2e.screenshots import talk
from tests.e2e.screenshots.people import PASSWORD, address_of
from tests.e2e.screenshots.zone import now_there
from trainer.models import Invitation
from trainer.services.trainees import remove_trainee
from users.models import User

LINE = re.compile(
    r"(?P<days>\d+) (?P<hour>\d\d):(?P<minute>\d\d) (?P<way>[<>])(?P<new>!?) (?P<text>.+)"
)
INVITED = (
    ("nadia.benali@example.com", 1, 7, False),
    ("felix.brandt@example.com", 3, 7, False),
    ("wen.zhao@example.com", 12, 7, False),
    ("emma.evans@example.com", 15, 7, True),
    ("somebody.with.a.very.long.address@mail.example.com", 20, 7, False),
)


def main() -> None:
    call_command("migrate", verbosity=0)
    trainer = make_person("Tina Torres", User.Role.TRAINER, business_name="Strong Days")
    make_person("Tom Tanner", User.Role.TRAINER)
    for name in [*talk.TALKS, *talk.WITHOUT_A_TALK.split(", ")]:
        make_person(name, User.Role.TRAINEE, trainer, is_active=name != talk.INACTIVE)
    for name, text in talk.TALKS.items():
        write_down(trainer, User.objects.get(email=address_of(name)), text)
    remove_trainee(trainer=trainer, trainee_id=User.objects.get(email=address_of(talk.REMOVED)).pk)
    for invitation in INVITED:
        invite(trainer, *invitation)
    busy = make_person(TRAINER, User.Role.TRAINER, business_name=WORD)
    fill(busy, now_there())
    invite(busy, f"{WORD.lower()[:60]}@mail.example.com", 1, 7, False)
    sys.stdout.write(json.dumps(list_ids()))


def list_ids() -> dict[str, dict[str, int]]:
    """
    Return the ids of people and conversations by name.

    Of two with the same name, a person with a trainer, or an active conversation, takes precedence.
    """
    conversations = Conversation.objects.select_related("trainee").order_by("-is_archived")
    people = User.objects.order_by(F("parent_trainer").asc(nulls_first=True))
    return {
        "people": {user.get_full_name(): user.pk for user in people},
        "conversations": {each.trainee.get_full_name(): each.pk for each in conversations},  # type: ignore[union-attr]
    }


def make_person(
    name: str, role: str, trainer: User | None = None, *, is_active: bool = True, **fields: str
) -> User:
    first, last = name.split(" ", 1)
    return User.objects.create_user(
        address_of(name),
        PASSWORD,
        role=role,
        parent_trainer=trainer,
        first_name=first,
        last_name=last,
        is_active=is_active,
        **fields,
    )


def write_down(trainer: User, trainee: User, text: str) -> None:
    """Create a conversation from lines in the format of `talk`."""
    conversation = Conversation.objects.create(trainer=trainer, trainee=trainee)
    versions = count(1)
    for line in text.strip().splitlines():
        Message.objects.create(**read_line(line, conversation, next(versions)))
    messages = list(conversation.messages.order_by("id"))
    conversation.version = conversation.message_count = len(messages)
    conversation.last_message = messages[-1]
    conversation.last_message_at = messages[-1].created_at
    conversation.save()


def read_line(line: str, conversation: Conversation, version: int) -> dict[str, object]:
    """Return the fields of a line's message."""
    found = LINE.fullmatch(line)
    assert found, line
    sent = moment(int(found["days"]), int(found["hour"]), int(found["minute"]))
    is_read = not found["new"]
    return {
        "conversation": conversation,
        "sender": conversation.trainee if found["way"] == "<" else conversation.trainer,
        "content": found["text"].replace(r"\n", "\n"),
        "created_at": sent,
        "version": version,
        "created_version": version,
        "read_at": sent + timedelta(minutes=1) if is_read else None,
        "read_version": version if is_read else None,
    }


def invite(trainer: User, email: str, days_ago: int, lifetime: int, is_accepted: bool) -> None:
    created = moment(days_ago, 10, 0)
    Invitation.objects.create(
        trainer=trainer,
        email=email,
        code_hash=email,
        created_at=created,
        expires_at=created + timedelta(days=lifetime),
        accepted_at=created + timedelta(days=1) if is_accepted else None,
    )


def moment(days_ago: int, hour: int, minute: int) -> datetime:
    """Return a time of day in the browsers' time zone."""
    day = now_there() - timedelta(days=days_ago)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0).astimezone(UTC)
