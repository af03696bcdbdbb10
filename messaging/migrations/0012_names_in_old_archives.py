from django.db import migrations, transaction

BATCH = 1000
STORED = ("first_name", "last_name", "email")


def store(apps, schema_editor):
    """
    Store the present names in archived conversations, in short transactions; it can be run again.

    Rows that a request has locked are skipped and filled in the next round.
    """
    conversations = apps.get_model("messaging", "Conversation").objects
    nameless = conversations.filter(is_archived=True, last_known__isnull=True).filter(
        trainer__isnull=False,
        trainee__isnull=False,
        trainer__erased_at=None,
        trainee__erased_at=None,
    )
    while nameless.exists():
        after = 0
        while ids := list(
            nameless.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]
        ):
            store_batch(apps, ids)
            after = ids[-1]


@transaction.atomic
def store_batch(apps, ids):
    conversations = apps.get_model("messaging", "Conversation").objects
    rows = conversations.filter(pk__in=ids, is_archived=True, last_known__isnull=True).order_by(
        "pk"
    )
    locked = list(rows.select_for_update(skip_locked=True, no_key=True))
    people = apps.get_model("users", "User").objects.filter(erased_at=None)
    found = people.in_bulk(
        {pk for each in locked for pk in (each.trainer_id, each.trainee_id) if pk}
    )
    complete = [each for each in locked if {each.trainer_id, each.trainee_id} <= found.keys()]
    for each in complete:
        pair = {"trainer": found[each.trainer_id], "trainee": found[each.trainee_id]}
        each.last_known = {
            side: {name: getattr(person, name) for name in STORED} for side, person in pair.items()
        }
    conversations.bulk_update(complete, ["last_known"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("messaging", "0011_names_of_former_partners")]

    operations = [migrations.RunPython(store, migrations.RunPython.noop)]
