from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_conversations_and_messages")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="content_version",
            field=models.PositiveIntegerField(null=True),
        ),
    ]
