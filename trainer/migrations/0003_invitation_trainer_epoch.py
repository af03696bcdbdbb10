from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trainer", "0002_invitation_lifetime")]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="trainer_epoch",
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
    ]
