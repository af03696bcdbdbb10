from typing import Any

from django.core.management.base import BaseCommand

from messaging.models import SearchPending
from messaging.search.indexing import index_messages

SECONDS = 10


class Command(BaseCommand):
    help = "Add all messages that are not in the search index yet. The recurring job does the same, slowly."

    def handle(self, *args: Any, **options: Any) -> None:
        """Index until nothing is left, and say every ten seconds how much is."""
        while index_messages(seconds=SECONDS):
            self.stdout.write(f"{SearchPending.objects.count():,} messages left")
