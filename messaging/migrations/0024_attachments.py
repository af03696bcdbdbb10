import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import messaging.models.attachments


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0023_search_in_old_messages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("upload_key", models.UUIDField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "kind",
                    models.CharField(choices=[("image", "Image")], default="image", max_length=8),
                ),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("bytes", models.PositiveIntegerField()),
                ("blurhash", models.CharField(max_length=64)),
                (
                    "key",
                    models.CharField(
                        default=messaging.models.attachments.make_file_key,
                        editable=False,
                        max_length=32,
                        unique=True,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="messaging.message",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uploads",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("message", None)),
                        fields=["created_at"],
                        name="messaging_attachment_unsent",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "upload_key"), name="messaging_attachment_upload_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "image")),
                        name="messaging_attachment_kind_is_known",
                    ),
                ],
            },
        ),
    ]
