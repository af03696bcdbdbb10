from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan

from db.operations import AddCheck


class Migration(migrations.Migration):
    dependencies = [("messaging", "0014_reactions")]

    operations = [
        migrations.RemoveConstraint(
            model_name="message", name="messaging_message_content_is_not_empty"
        ),
        AddCheck(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=Q(GreaterThan(Length("content"), 0))
                | Q(removed_at__isnull=False)
                | Q(GreaterThan(F("extras").bitand(1), 0)),
                name="messaging_message_has_text_or_photos",
            ),
        ),
    ]
