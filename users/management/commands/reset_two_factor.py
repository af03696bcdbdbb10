from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from users.models import User, normalize_email
from users.services.two_factor import reset_second_factor


class Command(BaseCommand):
    help = "Delete a staff user's second factor, so that they set it up again at the next sign-in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the person's e-mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=normalize_email(options["email"])).first()
        if user is None:
            raise CommandError("Nobody has this e-mail address.")
        if not reset_second_factor(user=user, by=None):
            raise CommandError("This person has no second factor.")
        self.stdout.write("The second factor is deleted. The next sign-in sets up a new one.\n")
