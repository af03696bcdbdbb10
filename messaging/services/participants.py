"""Adds missing participant rows."""

from django.db import transaction
from django.db.models import Exists, OuterRef

from messaging.models import Conversation, Participant, Side

BATCH = 1000


def complete_participants() -> int:
    """
    Add participant rows to conversations that have none; return the number of such conversations.

    During a deployment, processes of the previous release create conversations without these rows.
    """
    completed = 0
    while added := _complete_some():
        completed += added
    return completed


@transaction.atomic
def _complete_some() -> int:
    """Complete at most 1,000 conversations without participant rows. Return the number completed."""
    has_rows = Exists(Participant.objects.filter(conversation=OuterRef("pk")))
    bare = Conversation.objects.filter(~has_rows).order_by("pk")[:BATCH]
    # A concurrent deletion of an account waits for this lock, or has already set the column to NULL.
    ids = list(bare.values_list("pk", flat=True))
    # Only these columns: after a step back, the table may lack others.
    rows = Conversation.objects.filter(pk__in=ids).only("trainer", "trainee").order_by("pk")
    found = list(rows.select_for_update(no_key=True))
    Participant.objects.bulk_create(
        (
            Participant(conversation=each, user_id=user_id, side=side)
            for each in found
            for side, user_id in (
                (Side.TRAINER, each.trainer_id),
                (Side.TRAINEE, each.trainee_id),
            )
        ),
        ignore_conflicts=True,
    )
    return len(found)
