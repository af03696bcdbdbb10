from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trainer", "0005_email_status_of_invitations")]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="cancelled_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
