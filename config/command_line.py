"""Runs `manage.py` commands, with lines for the operator in place of tracebacks."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.core.management import execute_from_command_line
from django.db import DatabaseError

from config.environment import InvalidEnvironment
from db.outages import is_away

LONG_RUNNING = ("worker", "push")


def run_command(arguments: Sequence[str]) -> None:
    """Run a command; raise InvalidEnvironment if the database cannot be reached."""
    if not set(LONG_RUNNING) & set(arguments):
        # The message below says the same, once.
        logging.getLogger("psycopg.pool").addFilter(lambda _: False)
    with _database_explained():
        execute_from_command_line(list(arguments))


@contextmanager
def _database_explained() -> Iterator[None]:
    """Replace the time-out of the connection pool by the reason for it."""
    try:
        yield
    except DatabaseError as error:
        if not is_away(error):
            raise
        from config.probes.databases import explain, find_reason  # noqa: PLC0415 - needs the apps

        raise InvalidEnvironment(explain(find_reason() or error)) from error
