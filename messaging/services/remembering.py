"""Corrects `last_known` in conversations that processes of the previous release have changed."""

from django.db import transaction
from django.db.models import Q

from messaging.last_known import store_last_known
from messaging.models import Conversation

BATCH = 1000
_NAMELESS = Q(
    is_archived=True,
    last_known__isnull=True,  # `last_known=None` would look for a null inside the JSON value
    trainer__isnull=False,
    trainer__erased_at=None,
    trainee__isnull=False,
    trainee__erased_at=None,
)


def complete_last_known() -> int:
    """
    Store the present names in archived conversations that have none; return the number of conversations.

    During a deployment, processes of the previous release archive conversations without storing names,
    and erase people without deleting stored ones. Such names are deleted.
    """
    orphaned = Conversation.objects.filter(Q(trainer=None) | Q(trainee=None))
    orphaned.filter(last_known__isnull=False).update(last_known=None)
    completed = 0
    while added := _complete_some():
        completed += added
    return completed


@transaction.atomic
def _complete_some() -> int:
    """Complete at most 1,000 conversations without names. Return the number completed."""
    nameless = Conversation.objects.filter(_NAMELESS).order_by("pk")
    ids = list(nameless.values_list("pk", flat=True)[:BATCH])
    # Only these columns: after a step back, the tables may lack others.
    rows = Conversation.objects.filter(pk__in=ids, is_archived=True).only("trainer", "trainee")
    found = store_last_known(rows.select_for_update(no_key=True).order_by("pk"))
    return Conversation.objects.bulk_update(filter(_has_names, found), ["last_known"])


def _has_names(conversation: Conversation) -> bool:
    return conversation.last_known is not None
