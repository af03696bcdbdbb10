from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("users", "0006_devices_move_to_notifications")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="erased_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
