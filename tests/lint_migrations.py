"""
Check that migrations can run while the previous release serves: `python -m tests.lint_migrations`.

django-migration-linter reads the SQL of each migration, on a PostgreSQL that is started for it. Warnings
count as errors. It does not see what RunPython does; docs/migrations.md has the rules for that.
"""

import os
import sys

import django

from tests.backends import Postgres

EXCLUDED_APPS = ("admin", "auth", "contenttypes", "sessions", "otp_static", "otp_totp")
"""Those of Django and django-otp."""
KNOWN = ("0002_device_sign_ins",)
"""Index a small table: a device of a user is a row."""


def main() -> int:
    """Print each migration that breaks a rule; return 1 if there is one."""
    with Postgres() as server:
        os.environ.update(DATABASE_URL=server.url, DJANGO_SETTINGS_MODULE="config.settings")
        django.setup()
        return int(has_errors())


def has_errors() -> bool:
    from django_migration_linter import MigrationLinter  # noqa: PLC0415 - needs the settings

    linter = MigrationLinter(
        exclude_apps=EXCLUDED_APPS,
        ignore_name=KNOWN,
        all_warnings_as_errors=True,
        no_cache=True,
        quiet=("ok", "ignore"),
    )
    linter.lint_all_migrations()
    linter.print_summary()
    return linter.has_errors


if __name__ == "__main__":
    sys.exit(main())
