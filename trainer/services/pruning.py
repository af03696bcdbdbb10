from django.conf import settings
from django.db.models.functions import Coalesce
from django.utils import timezone

from db.batches import delete_in_batches
from trainer.models import Invitation


def prune_invitations() -> None:
    """
    Delete invitations that were accepted, or have expired, long ago, in batches.

    `KEEP_INVITATIONS` says how long they are kept; 0 keeps them for ever.
    """
    if keep := settings.KEEP_INVITATIONS:
        over = Invitation.objects.alias(over=Coalesce("accepted_at", "expires_at"))
        delete_in_batches(over.filter(over__lt=timezone.now() - keep))
