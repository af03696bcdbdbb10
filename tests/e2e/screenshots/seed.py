"""Fills an empty database with the data of the screenshots, in a separate process; prints the ids."""

import json
import sys
from datetime import timedelta

from django.core.management import call_command
from django.db.models import F

from messaging.models import Conversation
from tests.e2e.extreme_cast import fill
from tests.e2e.extremes import TRAINER, WORD
from tests.e2e.screenshots.people import PASSWORD
from tests.e2e.screenshots.zone import now_there
from trainer.codes import hash_code, make_code
from trainer.demo.addresses import address_of
from trainer.demo.fill import fill_demo
from trainer.models import Invitation
from users.models import User


def main() -> None:
    call_command("migrate", verbosity=0)
    fill_demo(now=now_there(), password=PASSWORD)
    first, last = TRAINER.split(" ", 1)
    busy = User.objects.create_user(
        address_of(TRAINER),
        PASSWORD,
        role=User.Role.TRAINER,
        first_name=first,
        last_name=last,
        business_name=WORD,
    )
    fill(busy, now_there())
    invite(busy, f"{WORD.lower()[:60]}@mail.example.com")
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


def invite(trainer: User, email: str) -> None:
    created = now_there() - timedelta(days=1)
    invitation = Invitation.objects.create(
        trainer=trainer,
        email=email,
        code_hash=email,
        created_at=created,
        expires_at=created + timedelta(days=7),
    )
    invitation.code_hash = hash_code(make_code(invitation))
    invitation.save(update_fields=["code_hash"])
