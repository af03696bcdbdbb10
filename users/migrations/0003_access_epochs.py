from django.db import migrations, models


class Migration(migrations.Migration):
    """
    All epochs are 0, so valid sessions remain valid.

    Processes of the previous release leave the column to its default.
    """

    dependencies = [
        ("users", "0002_device_sign_ins"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="access_epoch",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
