from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0006_conversations_without_messages_last")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="removed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
