from django.db import migrations, models


class Migration(migrations.Migration):
    """The previous release inserts devices without these columns, which then say "unknown" and "active"."""

    dependencies = [
        ("push", "0006_notification_preferences"),
    ]

    operations = [
        migrations.AddField(
            model_name="devicetoken",
            name="is_active",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="devicetoken",
            name="last_failure",
            field=models.CharField(
                db_default="",
                default="",
                editable=False,
                max_length=100,
                verbose_name="reason of the last failure",
            ),
        ),
        migrations.AddField(
            model_name="devicetoken",
            name="last_failure_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="last failure"),
        ),
        migrations.AddField(
            model_name="devicetoken",
            name="last_success_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="last success"),
        ),
        migrations.AddField(
            model_name="devicetoken",
            name="user_agent",
            field=models.CharField(db_default="", default="", editable=False, max_length=300),
        ),
    ]
