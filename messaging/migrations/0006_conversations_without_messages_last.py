from django.db import migrations

SIDES = ("trainer", "trainee")


def sort_nulls_last(apps, schema_editor):
    replace_indexes(schema_editor, "NULLS LAST")


def sort_nulls_first(apps, schema_editor):
    replace_indexes(schema_editor, "NULLS FIRST")


def replace_indexes(schema_editor, nulls):
    """
    On PostgreSQL, recreate the indexes of lists with NULLS LAST, under the same names.

    Django's `Index` can express this only in a way that SQLite rejects. SQLite sorts NULLs last anyway.
    The table stays writable meanwhile. If interrupted, it can be run again.
    """
    if schema_editor.connection.vendor != "postgresql":
        return
    for side in SIDES:
        name = f"messaging_conv_of_{side}"
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}_new")
        schema_editor.execute(
            f"CREATE INDEX CONCURRENTLY {name}_new ON messaging_conversation"
            f" ({side}_id, last_message_at DESC {nulls}, id DESC)"
        )
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        schema_editor.execute(f"ALTER INDEX {name}_new RENAME TO {name}")


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL creates no index CONCURRENTLY in a transaction

    dependencies = [("messaging", "0005_participants_of_old_conversations")]

    operations = [migrations.RunPython(sort_nulls_last, sort_nulls_first)]
