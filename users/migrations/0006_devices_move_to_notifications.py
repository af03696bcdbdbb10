from django.db import migrations


class Migration(migrations.Migration):
    """The model is in the notifications app now; the table stays as it is."""

    dependencies = [
        ("push", "0003_devices"),
        ("users", "0005_trainees_have_completed_onboarding"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel("DeviceToken")]
        ),
    ]
