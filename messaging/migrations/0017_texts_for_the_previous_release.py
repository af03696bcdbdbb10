from django.db import migrations
from django.db.models import Case, Value, When

BATCH = 1000
SUBSTITUTE = Case(
    When(removed_at=None, then=Value("Sent a photo")),
    default=Value("This message was deleted"),
)


def give_texts(apps, schema_editor):
    """
    Going back: give messages without a text the text that the previous release can store and show.

    Up to a thousand rows change at a time. If interrupted, it can be run again.
    """
    without_text = apps.get_model("messaging", "Message").objects.filter(content="").order_by("pk")
    while ids := list(without_text.values_list("pk", flat=True)[:BATCH]):
        without_text.filter(pk__in=ids).order_by().update(content=SUBSTITUTE)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("messaging", "0016_messages_without_text_are_checked")]

    operations = [migrations.RunPython(migrations.RunPython.noop, give_texts)]
