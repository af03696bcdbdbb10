from django.db import migrations
from django.db.models import Max

BATCH = 10_000
# In rows without a text there is nothing to find.
NOTE = """
INSERT INTO messaging_searchpending (message_id, conversation_id)
SELECT id, conversation_id FROM messaging_message
WHERE id > %s AND id <= %s AND removed_at IS NULL AND content <> ''
ON CONFLICT DO NOTHING
"""


def note_old_messages(apps, schema_editor):
    """
    Note that the messages so far have to be indexed, in short transactions; it can be run again.

    The processes of the new release index them, the newest first, and searches find them meanwhile.
    """
    newest = apps.get_model("messaging", "Message").objects.aggregate(newest=Max("pk"))["newest"]
    with schema_editor.connection.cursor() as cursor:
        for before in range(0, newest or 0, BATCH):
            cursor.execute(NOTE, [before, before + BATCH])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("messaging", "0022_search_triggers")]

    operations = [migrations.RunPython(note_old_messages, migrations.RunPython.noop)]
