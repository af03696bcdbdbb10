from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from users.models import User, normalize_email
from users.services.erasure import MessageChoice, begin_erasure


class Command(BaseCommand):
    help = (
        "Erase a person: access ends at once, and a job deletes everything about them. This cannot be"
        " undone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the person's e-mail address")
        parser.add_argument(
            "--messages",
            choices=[each.value for each in MessageChoice],
            required=True,
            help="keep: the other person keeps them, without a name; erase: their texts are removed",
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        people = User.objects.select_for_update(no_key=True)
        user = people.filter(email=normalize_email(options["email"])).first()
        if user is None:
            raise CommandError("Nobody has this e-mail address.")
        messages = MessageChoice(options["messages"])
        begin_erasure(locked=user, messages=messages, origin="by a command")
        self.stdout.write("The account is closed. A job erases the rest; see Jobs in the admin.\n")
