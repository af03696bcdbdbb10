from django.db import migrations, transaction
from django.db.models import OuterRef, Subquery

BATCH = 1000


def fill(apps, schema_editor):
    """Store the trainer's epoch in invitations that can be accepted; can be run again."""
    users = apps.get_model("users", "User").objects
    epoch = users.filter(pk=OuterRef("trainer_id")).values("access_epoch")
    open_ones = apps.get_model("trainer", "Invitation").objects.filter(
        trainer_epoch=None, accepted_at=None
    )
    while True:
        with transaction.atomic():
            rows = open_ones.order_by("pk").select_for_update(skip_locked=True)
            ids = list(rows.values_list("pk", flat=True)[:BATCH])
            open_ones.filter(pk__in=ids).update(trainer_epoch=Subquery(epoch))
        if not ids:
            return


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("trainer", "0003_invitation_trainer_epoch"),
        ("users", "0003_access_epochs"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
