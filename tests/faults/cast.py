"""
Creates the users of a run, in a separate process: `python -m tests.faults.cast PAIRS LETTERS`.

It reads one push subscription from standard input. All devices use the subscription's keys, but each
has its own endpoint.
"""

import json
import sys
from dataclasses import asdict, dataclass
from typing import Any

import django

PASSWORD = "correct-horse-battery-1"
ROSTERS = 2


@dataclass(frozen=True)
class Person:
    id: int
    token: str


@dataclass(frozen=True)
class Couple:
    """A trainer, their trainee and their conversation, which already has one message."""

    conversation_id: int
    trainer: Person
    trainee: Person

    def other(self, person: Person) -> Person:
        return self.trainee if person == self.trainer else self.trainer


@dataclass(frozen=True)
class Roster:
    """A trainer and their many trainees, each with a device and without a conversation."""

    trainer: Person
    # The id and e-mail address of each trainee.
    trainees: list[tuple[int, str]]


@dataclass(frozen=True)
class Cast:
    """All users. In `couples`, each trainee has a device for notifications, and the trainers have none."""

    couples: list[Couple]
    rosters: list[Roster]
    sign_in: dict[str, str]


def read_cast(text: str) -> Cast:
    """Parse the output of this module when it is run as a command."""
    data = json.loads(text)
    couples = [
        Couple(each["conversation_id"], Person(**each["trainer"]), Person(**each["trainee"]))
        for each in data["couples"]
    ]
    rosters = [
        Roster(Person(**each["trainer"]), [(pk, email) for pk, email in each["trainees"]])
        for each in data["rosters"]
    ]
    return Cast(couples, rosters, data["sign_in"])


def make_cast(pairs: int, letters: int, subscription: dict[str, Any]) -> Cast:
    """Create the users through the product's services; only `signer` has a password."""
    from tests.factories import make_trainer  # noqa: PLC0415 - needs the apps

    signer = make_trainer("signer")
    couples = [_make_couple(number) for number in range(1, pairs + 1)]
    for couple in couples:
        _register(couple.trainee.id, subscription)
    return Cast(
        couples=couples,
        rosters=[_make_roster(number, letters, subscription) for number in range(1, ROSTERS + 1)],
        sign_in={"email": signer.email, "password": PASSWORD},
    )


def _make_couple(number: int) -> Couple:
    from tests.factories import access_of, open_conversation  # noqa: PLC0415 - as above
    from users.models import User  # noqa: PLC0415

    # Created without passwords: hashing one takes 0.3 s, and these users do not sign in.
    trainer = User.objects.create_user(f"trainer{number}@example.com", None, role="TRAINER")
    trainee = User.objects.create_user(
        f"trainee{number}@example.com", None, role="TRAINEE", parent_trainer=trainer
    )
    conversation = open_conversation(trainer, trainee, f"Hello, {number}")
    return Couple(
        conversation.pk,
        Person(trainer.pk, access_of(trainer)),
        Person(trainee.pk, access_of(trainee)),
    )


def _make_roster(number: int, letters: int, subscription: dict[str, Any]) -> Roster:
    from tests.factories import access_of  # noqa: PLC0415 - as above
    from users.models import User  # noqa: PLC0415

    email = f"roster-trainer{number}@example.com"
    trainer = User.objects.create_user(email, None, role="TRAINER")
    trainees = [
        User.objects.create_user(
            f"reader{number}-{letter}@example.com", None, role="TRAINEE", parent_trainer=trainer
        )
        for letter in range(letters)
    ]
    for each in trainees:
        _register(each.pk, subscription)
    people = [(each.pk, each.email) for each in trainees]
    return Roster(Person(trainer.pk, access_of(trainer)), people)


def _register(user_id: int, subscription: dict[str, Any]) -> None:
    """Register a device for a user, with its own endpoint at the shared push service."""
    from notifications.services.devices import register_device  # noqa: PLC0415 - as above
    from users.models import User  # noqa: PLC0415

    endpoint = f"{subscription['endpoint']}/{user_id}"
    token = json.dumps({**subscription, "endpoint": endpoint})
    register_device(user=User.objects.get(pk=user_id), token=token, platform="web")


if __name__ == "__main__":
    django.setup()
    made = make_cast(int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3]))
    sys.stdout.write(json.dumps(asdict(made)))
