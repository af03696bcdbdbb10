from datetime import datetime

from django.db import transaction
from django.db.models import Q

from db.batches import BATCH, delete_in_batches
from jobs.models import Job
from trainer.models import Invitation
from users.models import User


def erase_coaching(*, user_id: int, email: str, before: datetime) -> None:
    """
    Release a person's trainees, and delete the invitations that they sent and received, in batches.

    Invitations to `email` after the time `before` stay: they are for a new account.
    """
    while _release_some(user_id):
        pass
    received = Q(email=email, created_at__lte=before)
    invitations = Invitation.objects.filter(Q(trainer=user_id) | received)
    while ids := list(invitations.values_list("pk", flat=True)[:BATCH]):
        # An error of a mail server may contain the address.
        keys = [str(pk) for pk in ids]
        delete_in_batches(Job.objects.filter(kind="trainer.mail_invitation", key__in=keys))
        Invitation.objects.filter(pk__in=ids).delete()


@transaction.atomic
def _release_some(user_id: int) -> int:
    trainees = User.objects.filter(parent_trainer=user_id)
    locked = trainees.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True)
    return User.objects.filter(pk__in=list(locked[:BATCH])).update(parent_trainer=None)
