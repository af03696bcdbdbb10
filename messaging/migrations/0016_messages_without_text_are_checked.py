from django.db import migrations

from db.operations import ValidateCheck


class Migration(migrations.Migration):
    dependencies = [("messaging", "0015_messages_without_text")]

    operations = [
        ValidateCheck(model_name="message", name="messaging_message_has_text_or_photos"),
    ]
