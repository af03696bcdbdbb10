from django.db import migrations, transaction

from users.folded_names import FOLDED, current_source, fold_person

BATCH = 500


def fill(apps, schema_editor):
    """
    Fold the names of old people, in short transactions; if interrupted, it can be run again.

    Rows that a request has locked are skipped. The job `users.fold_names` folds them later.
    """
    people = apps.get_model("users", "User").objects
    after = 0
    while after is not None:
        after = fill_batch(people.exclude(folded_from=current_source()), after)


def fill_batch(people, after):
    """Fill up to 500 rows after an id; return the last id, or None if there is no row."""
    with transaction.atomic():
        rows = people.filter(pk__gt=after).order_by("pk").select_for_update(skip_locked=True)
        batch = list(rows.only("first_name", "last_name", "email")[:BATCH])
        for each in batch:
            for field, value in fold_person(each.first_name, each.last_name, each.email).items():
                setattr(each, field, value)
        people.model.objects.bulk_update(batch, FOLDED)
    return batch[-1].pk if batch else None


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("users", "0009_old_names_are_clean")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
