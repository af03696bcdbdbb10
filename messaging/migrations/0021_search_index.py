from django.db import migrations

from messaging.search.triggers import SQLITE_INDEX, SQLITE_INDEX_DROP

# The table is empty. Without the list of pending entries, a search reads no more than its own grams.
POSTGRESQL = (
    "ALTER TABLE messaging_searchentry ADD COLUMN grams integer[] NOT NULL DEFAULT '{}'",
    "ALTER TABLE messaging_searchentry ALTER COLUMN grams SET STATISTICS 0",
    "CREATE INDEX messaging_searchentry_grams ON messaging_searchentry USING gin (grams)"
    " WITH (fastupdate = off)",
)
POSTGRESQL_DROP = ("ALTER TABLE messaging_searchentry DROP COLUMN grams",)


def create(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in POSTGRESQL if is_postgresql else SQLITE_INDEX:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in POSTGRESQL_DROP if is_postgresql else SQLITE_INDEX_DROP:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("messaging", "0020_search")]

    operations = [migrations.RunPython(create, drop)]
