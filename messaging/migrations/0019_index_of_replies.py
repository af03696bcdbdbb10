from django.db import migrations, models
from django.db.models import Q

NAME = "messaging_message_replies"
INDEX = models.Index(fields=["reply_to"], condition=Q(reply_to__isnull=False), name=NAME)


def add_index(apps, schema_editor):
    """Add the index; on PostgreSQL, while people send. If interrupted, it can be run again."""
    if schema_editor.connection.vendor != "postgresql":
        schema_editor.add_index(apps.get_model("messaging", "Message"), INDEX)
        return
    schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
    schema_editor.execute(
        f"CREATE INDEX CONCURRENTLY {NAME} ON messaging_message (reply_to_id)"
        " WHERE reply_to_id IS NOT NULL"
    )


def remove_index(apps, schema_editor):
    schema_editor.execute(f"DROP INDEX IF EXISTS {NAME}")


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL creates no index CONCURRENTLY in a transaction

    dependencies = [("messaging", "0018_revisions")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(add_index, remove_index)],
            state_operations=[migrations.AddIndex(model_name="message", index=INDEX)],
        )
    ]
