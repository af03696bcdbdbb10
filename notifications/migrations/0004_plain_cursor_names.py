from django.db import migrations, models


class Migration(migrations.Migration):
    """Rename only the fields. Processes of the previous release still use the columns."""

    dependencies = [("push", "0003_devices")]

    operations = [
        migrations.AlterField(
            model_name="pushcursor",
            name="first_look",
            field=models.BigIntegerField(db_column="first_look", default=0),
        ),
        migrations.AlterField(
            model_name="pushcursor",
            name="second_look",
            field=models.BigIntegerField(db_column="second_look", default=0),
        ),
        migrations.RenameField("pushcursor", "first_look", "scanned_up_to"),
        migrations.RenameField("pushcursor", "second_look", "rescanned_up_to"),
    ]
