from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("push", "0008_outcomes_of_deliveries")]

    operations = [
        migrations.AddField(
            model_name="notificationpreferences",
            name="unread_email",
            field=models.CharField(
                blank=True,
                choices=[("off", "no emails"), ("hour", "after an hour"), ("day", "after a day")],
                db_default="",
                default="",
                max_length=4,
            ),
        ),
    ]
