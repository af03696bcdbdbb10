from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0024_attachments")]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="deleted_version",
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
    ]
