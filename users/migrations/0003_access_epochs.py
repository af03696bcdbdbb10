from django.db import migrations, models


class Migration(migrations.Migration):
    """
    Every epoch is 0, so what is alive stays so.

    A process of the release before leaves the column to its default.
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
