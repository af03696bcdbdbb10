from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from trainer.demo.addresses import TRAINER, address_of
from trainer.demo.fill import fill_demo
from users.models import User

PASSWORD = "demo-password-1"  # noqa: S105 - for demo users, which production refuses


class Command(BaseCommand):
    help = (
        "Create a demo trainer with trainees and messages, unless it exists. Refused in production."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("Demo users have a public password, so production refuses them.")
        if not User.objects.filter(email=address_of(TRAINER)).exists():
            fill_demo(now=timezone.now().astimezone(), password=PASSWORD)
        self.stdout.write(
            "\n  Sign in as trainer@example.com, trainee@example.com, trainee2@example.com,\n"
            "  trainee3@example.com, trainer2@example.com or admin@example.com.\n"
            f"  The password is {PASSWORD}\n"
        )
