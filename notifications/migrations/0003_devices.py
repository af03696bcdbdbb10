import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def move_content_type(apps, schema_editor):
    """Move the content type of devices, so that staff and groups keep their permissions."""
    _rename(apps, "users", "push")


def move_content_type_back(apps, schema_editor):
    _rename(apps, "push", "users")


def _rename(apps, old, new):
    content_types = apps.get_model("contenttypes", "ContentType").objects.filter(
        model="devicetoken"
    )
    if not content_types.filter(app_label=new).exists():
        content_types.filter(app_label=old).update(app_label=new)


class Migration(migrations.Migration):
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("push", "0002_begin_after_what_there_is"),
        ("users", "0005_trainees_have_completed_onboarding"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="DeviceToken",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("token", models.CharField(max_length=2048)),
                        (
                            "platform",
                            models.CharField(
                                choices=[("ios", "Ios"), ("android", "Android"), ("web", "Web")],
                                max_length=7,
                            ),
                        ),
                        (
                            "created_at",
                            models.DateTimeField(default=django.utils.timezone.now, editable=False),
                        ),
                        ("updated_at", models.DateTimeField(auto_now=True)),
                        (
                            "session",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="users.authsession",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="device_tokens",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "users_devicetoken",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("token",), name="users_devicetoken_token_unique"
                            )
                        ],
                    },
                ),
                migrations.AlterField(
                    model_name="pushdelivery",
                    name="device",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="push.devicetoken",
                    ),
                ),
            ]
        ),
        migrations.RunPython(move_content_type, move_content_type_back),
    ]
