from django.db import migrations
from django.db.models import Max


def begin_after_what_there_is(apps, schema_editor):
    """Skip all existing messages: nobody should get an email about messages from before this release."""
    newest = apps.get_model("messaging", "Message").objects.aggregate(newest=Max("pk"))["newest"]
    cursors = apps.get_model("push", "MailCursor").objects
    cursors.bulk_create(
        [cursors.model(wait=wait, scanned_up_to=newest or 0) for wait in ("hour", "day")],
        ignore_conflicts=True,
    )


def forget(apps, schema_editor):
    apps.get_model("push", "MailCursor").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0001_conversations_and_messages"),
        ("push", "0010_unread_mails"),
    ]

    operations = [migrations.RunPython(begin_after_what_there_is, forget)]
