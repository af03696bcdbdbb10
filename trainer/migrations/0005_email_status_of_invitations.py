from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trainer", "0004_epochs_of_open_invitations")]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="email_status",
            field=models.CharField(
                choices=[("waiting", "Waiting"), ("sent", "Sent"), ("failed", "Failed")],
                db_default="sent",
                default="waiting",
                editable=False,
                max_length=7,
            ),
        ),
    ]
