from django.db import migrations, transaction
from django.db.models import Case, F, Max, Q, When

BATCH = 1000

# A version that is not that of a read receipt is that of a change of content. If a message was read after
# its sender's account was deleted, the version of the deletion is unknown. The later one is safe: at
# worst, a client gets the change again.
CONTENT_VERSION = Case(
    When(Q(read_version=None) | ~Q(version=F("read_version")) | Q(sender=None), then=F("version")),
    default=F("created_version"),
)


def fill(apps, schema_editor):
    """
    Fill the column where it is NULL, in short transactions; if interrupted, it can be run again.

    Rows that a request has locked are skipped and filled in the next round, because waiting for
    several rows in an order of its own could deadlock with the request.
    """
    messages = apps.get_model("messaging", "Message").objects
    newest = messages.aggregate(newest=Max("pk"))["newest"] or 0
    empty = messages.filter(content_version=None, pk__lte=newest)
    while empty.exists():
        after = 0
        while after < newest:
            after = fill_batch(empty, after) or newest


def fill_batch(empty, after):
    """Fill up to a thousand rows after an id; return the last id, or None if there is no row."""
    with transaction.atomic():
        rows = empty.filter(pk__gt=after).order_by("pk").select_for_update(skip_locked=True)
        ids = list(rows.values_list("pk", flat=True)[:BATCH])
        empty.filter(pk__in=ids).update(content_version=CONTENT_VERSION)
    return ids[-1] if ids else None


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("messaging", "0002_message_content_version")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
