from django.db import migrations
from django.db.models import Max


def begin_after_what_there_is(apps, schema_editor):
    """Skip all existing messages: nobody should be notified of messages from before this release."""
    newest = (
        apps.get_model("messaging", "Message").objects.aggregate(newest=Max("pk"))["newest"] or 0
    )
    cursors = apps.get_model("push", "PushCursor").objects
    cursors.create(pk=1, first_look=newest, second_look=newest)


def forget(apps, schema_editor):
    apps.get_model("push", "PushCursor").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("push", "0001_cursor_marks_and_deliveries")]

    operations = [migrations.RunPython(begin_after_what_there_is, forget)]
