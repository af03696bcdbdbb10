import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.probes.finding import Level, warning
from config.probes.sets import probe_everything
from config.start_warnings import list_warnings


class Command(BaseCommand):
    help = (
        "Check a running set-up: variables, database, migrations, clock, worker, Redis, mail, push keys,"
        " pictures and static files. Prints a line for each; the exit code is 1 if there is a fault."
    )
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Version {settings.VERSION}")
        findings = [*probe_everything(), *(warning(each) for each in list_warnings())]
        for each in findings:
            self.stdout.write(str(each))
        faults = sum(each.level is Level.FAULT for each in findings)
        if faults:
            self.stdout.write(f"{faults} fault{'s' if faults > 1 else ''} found.")
            sys.exit(1)
        self.stdout.write("No faults found.")
