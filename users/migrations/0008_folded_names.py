from django.db import migrations, models


class Migration(migrations.Migration):
    """The previous release inserts people without these columns; a job fills them."""

    dependencies = [("users", "0007_accounts_being_erased")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="search_text",
            field=models.TextField(db_default="", default="", editable=False),
        ),
        migrations.AddField(
            model_name="user",
            name="sort_key",
            field=models.BinaryField(db_default=b"", default=b""),
        ),
        migrations.AddField(
            model_name="user",
            name="folded_from",
            field=models.TextField(db_default="", default="", editable=False),
        ),
    ]
