"""Repairs the folded names of people whom something other than `User.save()` has changed."""

from django.db import transaction

from users.folded_names import FOLDED, current_source, fold_person
from users.models import User

BATCH = 500


def fold_changed_names() -> int:
    """Fold the names of people whose folded names are outdated, in batches; return how many there were."""
    after = count = 0
    while people := _fold_batch(after):
        after, count = people[-1].pk, count + len(people)
    return count


@transaction.atomic
def _fold_batch(after: int) -> list[User]:
    """Fold up to `BATCH` people with higher ids; leave rows that are locked to the next run."""
    outdated = User.objects.exclude(folded_from=current_source()).filter(pk__gt=after)
    rows = outdated.order_by("pk").select_for_update(skip_locked=True, no_key=True)
    people = list(rows.only("first_name", "last_name", "email")[:BATCH])
    for each in people:
        values = fold_person(each.first_name, each.last_name, each.email)
        for field, value in values.items():
            setattr(each, field, value)
    User.objects.bulk_update(people, FOLDED)
    return people
