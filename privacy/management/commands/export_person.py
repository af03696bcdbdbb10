from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from privacy.archive import write_archive
from users.models import User, normalize_email


class Command(BaseCommand):
    help = "Write everything that is stored about a person to a zip file, as JSON and HTML."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the person's e-mail address")
        parser.add_argument("file", type=Path, help="the zip file to create")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=normalize_email(options["email"])).first()
        if user is None:
            raise CommandError("Nobody has this e-mail address.")
        with options["file"].open("xb") as file:
            write_archive(user, file)
        self.stdout.write(f"Wrote {options['file']}.\n")
