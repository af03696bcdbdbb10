"""Creates the users of a run, in a separate process: `python -m tests.faults.cast PAIRS`."""

import json
import sys
from dataclasses import asdict, dataclass

import django

PASSWORD = "correct-horse-battery-1"


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
class Cast:
    couples: list[Couple]
    sign_in: dict[str, str]


def read_cast(text: str) -> Cast:
    """Read the output of `main`."""
    data = json.loads(text)
    couples = [
        Couple(each["conversation_id"], Person(**each["trainer"]), Person(**each["trainee"]))
        for each in data["couples"]
    ]
    return Cast(couples, data["sign_in"])


def make_cast(pairs: int) -> Cast:
    """Create the users through the product's services; only one of them has a password."""
    from tests.factories import make_trainer  # noqa: PLC0415 - needs the apps

    signer = make_trainer("signer")
    return Cast(
        couples=[_make_couple(number) for number in range(1, pairs + 1)],
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


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(asdict(make_cast(int(sys.argv[1])))))
