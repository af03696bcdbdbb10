from django.db import migrations, transaction
from django.db.models import Max

BATCH = 1000
SIDES = ("trainer", "trainee")


def add(apps, schema_editor):
    """Add the rows of both people, in short transactions; if interrupted, it can be run again."""
    conversations = apps.get_model("messaging", "Conversation").objects
    newest = conversations.aggregate(newest=Max("pk"))["newest"] or 0
    for after in range(0, newest, BATCH):
        batch = conversations.filter(pk__gt=after, pk__lte=after + BATCH)
        with transaction.atomic():
            add_batch(apps.get_model("messaging", "Participant"), batch)


def add_batch(participant, conversations):
    # Locked, so that no account is deleted between reading and inserting.
    locked = conversations.select_for_update(no_key=True).order_by("pk")
    participant.objects.bulk_create(
        (
            participant(conversation_id=pk, user_id=user_id, side=side)
            for pk, *user_ids in locked.values_list("pk", "trainer_id", "trainee_id")
            for side, user_id in zip(SIDES, user_ids, strict=True)
        ),
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("messaging", "0004_participants")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
