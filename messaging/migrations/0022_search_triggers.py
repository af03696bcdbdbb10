from django.db import migrations

from messaging.search.triggers import POSTGRESQL, POSTGRESQL_DROP, SQLITE, SQLITE_DROP


def create(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in POSTGRESQL if is_postgresql else SQLITE:
        schema_editor.execute(statement, None)


def drop(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in POSTGRESQL_DROP if is_postgresql else SQLITE_DROP:
        schema_editor.execute(statement, None)


class Migration(migrations.Migration):
    dependencies = [("messaging", "0021_search_index")]

    operations = [migrations.RunPython(create, drop)]
