"""
Creates one migrated database per set of servers; every worker of every run copies it.

`tests.run` creates this template, and sets TEST_TEMPLATE to its name or path. Without that variable,
as when pytest is started by hand, each run migrates its own database.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def postgres_template(server_url: str) -> Iterator[str]:
    """Migrate a database on this server; yield its name, and drop it after the block."""
    name = f"template_{os.getpid()}"
    _execute(server_url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        _migrate(f"{server_url.rpartition('/')[0]}/{name}")
        yield name
    finally:
        _execute(server_url, sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def make_sqlite_template(folder: Path) -> str:
    """Migrate a database file in the folder; return its path."""
    path = folder / "template.sqlite3"
    _migrate(f"sqlite:///{path}")
    return str(path)


def use_template(database: dict[str, Any]) -> bool:
    """
    Create a test database as a copy of the template; `database` is one of `settings.DATABASES`.

    Return whether the copy exists already. On PostgreSQL, Django makes it later; without a template,
    there is no copy.
    """
    template = os.environ.get("TEST_TEMPLATE")
    if not template:
        return False
    if database["ENGINE"] == "django.db.backends.sqlite3":
        shutil.copy(template, database["TEST"]["NAME"])
        return True
    database["TEST"]["TEMPLATE"] = template
    return False


def _migrate(url: str) -> None:
    environment: Mapping[str, str] = {**os.environ, "TEST_BACKEND": "template", "DATABASE_URL": url}
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def _execute(url: str, statement: sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
