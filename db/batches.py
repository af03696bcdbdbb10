from typing import Any

from django.db.models import QuerySet

BATCH = 1000


def delete_in_batches(rows: QuerySet[Any, Any], *, size: int = BATCH) -> int:
    """
    Delete the rows, at most `size` in a transaction, so that others wait only briefly for their locks.

    A row that no longer matches the queryset when its batch is deleted stays. Return how many rows were
    deleted, including those that the deletion cascaded to.
    """
    deleted = 0
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:size]):
        deleted += rows.filter(pk__in=ids).order_by().delete()[0]
    return deleted
