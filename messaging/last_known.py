"""
What two people see of each other after they have parted: the names and email addresses of that day.

Their conversation stays in the trainer's archive, and in both people's data exports. Former partners must
not see later changes of names, address and picture, so archive and exports show the values in the column
`last_known` of the conversation.
"""

import json
from collections.abc import Iterable
from typing import Any

from messaging.models import Conversation
from users.models import User

STORED = ("first_name", "last_name", "email")


def store_last_known(conversations: Iterable[Conversation]) -> list[Conversation]:
    """Set `last_known` to the present names of both people, without saving; return the conversations."""
    found = list(conversations)
    people = User.objects.only(*STORED, "erased_at").in_bulk(
        {pk for each in found for pk in each.participant_ids}
    )
    for each in found:
        pair = (people.get(each.trainer_id or 0), people.get(each.trainee_id or 0))
        each.last_known = _describe(*pair)
    return found


def _describe(trainer: User | None, trainee: User | None) -> dict[str, Any] | None:
    """Return the value of `last_known`, or None if either account was deleted or is being erased."""
    if trainer is None or trainee is None or trainer.erased_at or trainee.erased_at:
        return None
    pair = {"trainer": trainer, "trainee": trainee}
    return {side: {name: getattr(each, name) for name in STORED} for side, each in pair.items()}


def have_parted(trainer: User | None, trainee: User | None) -> bool:
    """Return whether the trainee no longer has this trainer; True if either account was deleted."""
    return trainer is None or trainee is None or trainee.parent_trainer_id != trainer.pk


def as_last_known(
    reader_id: int,
    trainer: User | None,
    trainee: User | None,
    last_known: Any,
) -> tuple[User | None, User | None]:
    """
    Return the people of an archived conversation as `reader_id` may see them.

    If they have parted, the other person is an unsaved instance with the stored names and no picture.
    If processes of the previous release stored no names, nobody is replaced. `last_known` is the column's
    value as a model or as plain SQL returns it, which is text on SQLite.
    """
    if last_known is None or not have_parted(trainer, trainee):
        return trainer, trainee
    stored = json.loads(last_known) if isinstance(last_known, str) else last_known
    return (
        _replaced(trainer, stored["trainer"], reader_id),
        _replaced(trainee, stored["trainee"], reader_id),
    )


def _replaced(person: User | None, stored: dict[str, Any], reader_id: int) -> User | None:
    if person is None or person.pk == reader_id or person.erased_at:
        return person
    return User(id=person.pk, parent_trainer_id=person.parent_trainer_id, **stored)
