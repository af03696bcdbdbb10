import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("push", "0009_unread_email_preference"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MailCursor",
            fields=[
                (
                    "wait",
                    models.CharField(
                        choices=[
                            ("off", "no emails"),
                            ("hour", "after an hour"),
                            ("day", "after a day"),
                        ],
                        max_length=4,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("scanned_up_to", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("wait__in", ["hour", "day"])),
                        name="mail_cursor_is_for_an_hour_or_a_day",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MailMark",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("told_until", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="UnreadMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("sending", "being sent"),
                            ("sent", "sent"),
                            ("failed", "failed, will be tried again"),
                            ("given_up", "failed, given up"),
                            ("refused", "refused"),
                            ("skipped", "not sent"),
                        ],
                        default="sending",
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=100)),
                ("conversations", models.PositiveIntegerField(default=0)),
                ("messages", models.PositiveIntegerField(default=0)),
                ("attempt", models.PositiveSmallIntegerField(default=0)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="created"),
                ),
                (
                    "at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="last attempt"
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "email about unread messages",
                "verbose_name_plural": "emails about unread messages",
                "ordering": ("-id",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("result__in", ["sending", "failed"])),
                        fields=("recipient",),
                        name="unread_mail_one_open_for_each_person",
                    )
                ],
            },
        ),
    ]
