from django.db import migrations, transaction

from text.names import repair_name

BATCH = 1000
LENGTHS = {"first_name": 150, "last_name": 150, "business_name": 200, "phone_number": 32}


def clean(apps, schema_editor):
    """
    Normalize old names and remove what new names may not have, in short transactions.

    It can be run again after an interruption. Rows that a request has locked keep their names: a name is
    made harmless wherever it is shown.
    """
    people = apps.get_model("users", "User").objects
    after = 0
    while after is not None:
        after = clean_batch(people, after)


def clean_batch(people, after):
    """Clean up to a thousand rows after an id; return the last id, or None if there is no row."""
    with transaction.atomic():
        rows = people.filter(pk__gt=after).order_by("pk").select_for_update(skip_locked=True)
        batch = list(rows.only("pk", *LENGTHS)[:BATCH])
        people.bulk_update([each for each in batch if has_changed(each)], list(LENGTHS))
    return batch[-1].pk if batch else None


def has_changed(person):
    """Repair the names of a person; return whether one has changed."""
    old = [getattr(person, field) for field in LENGTHS]
    new = [repair_name(name)[:length] for name, length in zip(old, LENGTHS.values(), strict=True)]
    for field, name in zip(LENGTHS, new, strict=True):
        setattr(person, field, name)
    return new != old


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("users", "0008_folded_names")]

    operations = [migrations.RunPython(clean, migrations.RunPython.noop)]
