"""Probes of the database: connection, migrations, clock, and the work that its jobs have seen."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from config.probes.finding import Finding, fault, ok, reason_of, warning
from jobs.selectors import get_seconds_since_work

# A worker finishes a recurring job at least every 20 s.
WORKER_SECONDS = 120
CLOCK_SECONDS = 5
LISTED_MIGRATIONS = 3


@contextmanager
def own_connection() -> Iterator[BaseDatabaseWrapper]:
    """Yield a connection outside the pool, whose errors hide their reason behind a time-out."""
    own = connections.create_connection(DEFAULT_DB_ALIAS)
    options = {name: each for name, each in own.settings_dict["OPTIONS"].items() if name != "pool"}
    own.settings_dict = {**own.settings_dict, "OPTIONS": options}
    try:
        yield own
    finally:
        own.close()


def find_reason() -> DatabaseError | None:
    """Return why no connection can be opened, or None if one can."""
    try:
        with own_connection() as own:
            own.ensure_connection()
    except DatabaseError as error:
        return error
    return None


def probe_database() -> list[Finding]:
    """Connect to the database, then look for unapplied migrations and compare the clocks."""
    try:
        with own_connection() as own:
            own.ensure_connection()
            return [_version_of(own), _find_migrations(own), *_compare_clocks(own)]
    except DatabaseError as error:
        return [fault(explain(error))]


def explain(error: BaseException) -> str:
    """Return a line about a database that cannot be used; psycopg's messages contain no password."""
    return (
        f"DATABASE_URL: the database cannot be used: {reason_of(error)}. "
        "Check that it runs, and the address, user, password and name in DATABASE_URL."
    )


def _version_of(own: BaseDatabaseWrapper) -> Finding:
    version = ".".join(str(each) for each in own.get_database_version())
    return ok(f"Database: {own.display_name} {version} answers.")


def list_unapplied(own: BaseDatabaseWrapper) -> list[str]:
    """Return the migrations of this release that the database does not have yet, as `app.name`."""
    loader = MigrationLoader(own)
    return sorted(
        f"{app}.{name}"
        for app, name in loader.graph.nodes.keys() - loader.applied_migrations.keys()
    )


def _find_migrations(own: BaseDatabaseWrapper) -> Finding:
    missing = list_unapplied(own)
    if not missing:
        return ok("Migrations: all are applied.")
    names = ", ".join(missing[:LISTED_MIGRATIONS])
    more = (
        f" and {len(missing) - LISTED_MIGRATIONS} more" if len(missing) > LISTED_MIGRATIONS else ""
    )
    return fault(
        f"DATABASE_URL: the database lacks the migrations {names}{more}. "
        "Run `python manage.py migrate`."
    )


def _compare_clocks(own: BaseDatabaseWrapper) -> list[Finding]:
    if own.vendor != "postgresql":
        return []
    with own.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        ahead = (datetime.now(UTC) - cursor.fetchone()[0]).total_seconds()
    if abs(ahead) < CLOCK_SECONDS:
        return [ok("Clock: agrees with the database's.")]
    order = "ahead of" if ahead > 0 else "behind"
    return [
        warning(
            f"Clock: this machine is {abs(ahead):.0f} s {order} the database. "
            "Synchronise both, with chrony or systemd-timesyncd."
        )
    ]


def probe_worker() -> Finding:
    """Look for a sign of a worker in the table of jobs. Raise DatabaseError if it cannot be read."""
    remedy = (
        "Check that the server runs" if settings.JOBS_IN_WEB else "Start `python manage.py worker`"
    )
    seconds = get_seconds_since_work()
    if seconds is None:
        return fault(f"Worker: none has run a job yet. {remedy}.")
    if seconds > WORKER_SECONDS:
        return fault(f"Worker: none has run a job for {seconds:.0f} s. {remedy}.")
    return ok("Worker: seen lately.")
