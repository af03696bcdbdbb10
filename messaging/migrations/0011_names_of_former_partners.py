from django.db import migrations, models


class Migration(migrations.Migration):
    # After a step back in `users`, the names could not be read when migrations have ended.
    dependencies = [
        ("messaging", "0010_readings_by_staff"),
        ("users", "0010_folded_names_of_old_people"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="last_known",
            field=models.JSONField(editable=False, null=True),
        ),
    ]
