from django.db import migrations, models


class Migration(migrations.Migration):
    """The previous release stores people without these columns: their browser decides."""

    dependencies = [
        ("users", "0011_what_sessions_are_used_with"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(blank=True, db_default="", default="", max_length=10),
        ),
        migrations.AddField(
            model_name="user",
            name="device_language",
            field=models.CharField(db_default="", default="", editable=False, max_length=10),
        ),
    ]
