"""The commands for backups in docs/deployment.md, on a real PostgreSQL."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.backends import Postgres
from tests.system.conftest import manage
from tests.system.people import Person
from tests.system.python_process import ROOT
from tests.system.server import WebServer
from tests.system.test_make_run import sign_in

pytestmark = pytest.mark.postgres_only("it starts a PostgreSQL of its own")

DOCUMENTED = re.compile(
    r"^docker compose exec -T postgres (pg_\w+ .+?) [<>] messaging\.dump$", re.M
)
NO_JOBS = {"REDIS_URL": "", "PUSH_IN_WEB": "0", "JOBS_IN_WEB": "0"}


@pytest.fixture
def postgres(django_db_setup: None) -> Iterator[Postgres]:
    """A server with the user and the empty database of compose."""
    with Postgres(own=True) as postgres:
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            connection.execute("CREATE ROLE messaging SUPERUSER LOGIN")
            connection.execute("CREATE DATABASE messaging OWNER messaging")
        yield postgres


def url_of(postgres: Postgres) -> str:
    return f"postgres://messaging@127.0.0.1:{postgres.port}/messaging"


def documented_commands() -> list[list[str]]:
    """Return the commands to dump and to restore, as they run in the container of PostgreSQL."""
    text = (ROOT / "docs" / "deployment.md").read_text()
    return [shlex.split(each) for each in DOCUMENTED.findall(text)]


def run_in(postgres: Postgres, command: list[str], **redirected: object) -> None:
    assert postgres.binaries
    program = postgres.binaries / command[0]
    address = ("--host=127.0.0.1", f"--port={postgres.port}")
    subprocess.run([program, *command[1:], *address], check=True, **redirected)  # type: ignore[call-overload]


def dump(postgres: Postgres, path: Path) -> None:
    with path.open("wb") as file:
        run_in(postgres, documented_commands()[0], stdout=file)


def restore(postgres: Postgres, path: Path) -> None:
    with path.open("rb") as file:
        run_in(postgres, documented_commands()[1], stdin=file)


def serve(postgres: Postgres) -> WebServer:
    return WebServer(DATABASE_URL=url_of(postgres), **NO_JOBS)


def read_thread(person: Person) -> tuple[int, list[dict[str, object]]]:
    """Return the id of the newest conversation, and its newest messages."""
    conversation = person.conversations()[0]["id"]
    return conversation, person.messages(conversation).json()["results"]


def test_documentation_has_a_command_to_dump_and_one_to_restore() -> None:
    assert [command[0] for command in documented_commands()] == ["pg_dump", "pg_restore"]


def test_restored_backup_has_the_messages_of_its_time_and_takes_new_ones(
    postgres: Postgres, tmp_path: Path
) -> None:
    path = tmp_path / "messaging.dump"
    for command in (("migrate", "--verbosity=0"), ("demo",)):
        manage(*command, DATABASE_URL=url_of(postgres), **NO_JOBS).check_returncode()
    with serve(postgres) as server:
        trainer = sign_in(server, "trainer@example.com")
        conversation, kept = read_thread(trainer)
        dump(postgres, path)
        trainer.send(conversation, "After the backup")

    restore(postgres, path)

    manage("migrate", "--check", DATABASE_URL=url_of(postgres), **NO_JOBS).check_returncode()
    with serve(postgres) as server:
        trainer = sign_in(server, "trainer@example.com")
        assert read_thread(trainer) == (conversation, kept)
        sent = trainer.send(conversation, "After the restore")
        assert sent.status_code == 201
        assert read_thread(trainer) == (conversation, [sent.json(), *kept[:19]])


def test_backup_is_restored_into_an_empty_database(postgres: Postgres, tmp_path: Path) -> None:
    path = tmp_path / "messaging.dump"
    for command in (("migrate", "--verbosity=0"), ("demo",)):
        manage(*command, DATABASE_URL=url_of(postgres), **NO_JOBS).check_returncode()
    dump(postgres, path)
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("DROP DATABASE messaging")
        connection.execute("CREATE DATABASE messaging OWNER messaging")

    restore(postgres, path)

    with serve(postgres) as server:
        assert len(sign_in(server, "trainer@example.com").conversations()) == 12
