from typing import Any

from django.db.models import QuerySet

BATCH = 1000


def delete_in_batches(rows: QuerySet[Any, Any], *, size: int = BATCH) -> int:
    """
    Delete the rows, at most `size` in a transaction, so that others wait only briefly for their locks.

    A row that no longer matches the queryset when its batch is deleted stays. Return how many rows were
    deleted, including those that the deletion cascaded to.
    """
    deleted, after = 0, 0
    ordered = rows.order_by("pk").values_list("pk", flat=True)
    while ids := list(ordered.filter(pk__gt=after)[:size]):
        deleted += rows.filter(pk__in=ids).order_by().delete()[0]
        after = ids[-1]
    return deleted
