"""
Stores 200 conversations of one trainer, with the names and texts from `tests.e2e.extremes`.

For each of these names, there is also an archived conversation.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain, count, cycle, islice

from django.contrib.auth.hashers import make_password

from messaging.models import Conversation, Message
from tests.e2e.extremes import COUNT, NAMES, TEXTS, UNREAD
from tests.factories import PASSWORD
from trainer.services.trainees import remove_trainee
from users.folded_names import fold_person
from users.models import User

APART = timedelta(hours=5)


def fill(trainer: User, now: datetime) -> list[Conversation]:
    """
    Give a trainer 200 trainees, each with unread messages; return the conversations.

    The newest conversation is first, as in the list. An archived conversation for each of `NAMES` is
    also stored, but not returned.
    """
    names = [*islice(_crowd(), COUNT), *NAMES]
    people = User.objects.bulk_create(_trainees(trainer, names))
    opened = Conversation.objects.bulk_create(
        Conversation(trainer=trainer, trainee=person) for person in people
    )
    _write(opened, now)
    for person in people[COUNT:]:
        remove_trainee(trainer=trainer, trainee_id=person.pk)
    return opened[:COUNT]


def _crowd() -> Iterator[tuple[str, str]]:
    numbered = ((f"Trainee {number:03}", "With-A-Long-Family-Name") for number in count())
    return chain(NAMES, numbered)


def _trainees(trainer: User, names: list[tuple[str, str]]) -> Iterator[User]:
    password = make_password(PASSWORD)
    for number, (first, last) in enumerate(names):
        email = f"somebody.with.a.long.address.{number:03}@mail.example.com"
        yield User(
            email=email,
            password=password,
            parent_trainer=trainer,
            first_name=first,
            last_name=last,
            **fold_person(first, last, email),
        )


def _write(opened: list[Conversation], now: datetime) -> None:
    """Write one message from each trainee, but from the first trainee more than a badge can show."""
    messages = Message.objects.bulk_create(
        message
        for place, conversation in enumerate(opened)
        for message in _messages(conversation, UNREAD if place == 0 else 1, now - place * APART)
    )
    newest = {message.conversation_id: message for message in messages}
    for conversation in opened:
        last = newest[conversation.pk]
        conversation.version = conversation.message_count = last.version
        conversation.last_message, conversation.last_message_at = last, last.created_at
    fields = ("version", "message_count", "last_message", "last_message_at")
    Conversation.objects.bulk_update(opened, fields, batch_size=50)


def _messages(conversation: Conversation, number: int, now: datetime) -> Iterator[Message]:
    texts = cycle(TEXTS[conversation.pk % len(TEXTS) :] + TEXTS[: conversation.pk % len(TEXTS)])
    for version, text in zip(range(1, number + 1), texts, strict=False):
        yield Message(
            conversation=conversation,
            sender=conversation.trainee,
            content=text,
            created_at=now - timedelta(minutes=number - version),
            version=version,
            created_version=version,
        )
