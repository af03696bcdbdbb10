"""`make serve` in a separate checkout, with exactly the variables marked in .env.example."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from pytest_django.plugin import DjangoDbBlocker

from config.serve import SOURCE_FOLDERS
from config.version import VERSION
from tests.backends import find_free_port
from tests.refusals import refusal
from tests.running.coverage import bare_environment
from tests.system.python_process import ROOT
from tests.system.server import database_url

pytestmark = pytest.mark.postgres_only("production is on PostgreSQL and Redis")

START_SECONDS = 120


def list_marked() -> set[str]:
    """Return the variables marked with [production] in .env.example."""
    lines = (ROOT / ".env.example").read_text().split("\n\n")
    marked = [block for block in lines if block.startswith("# [production]")]
    return {
        name for block in marked for name in re.findall(r"^#([A-Z_]+)=", block, re.MULTILINE)[:1]
    }


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh checkout of the product, with a development `.env`."""
    folder = tmp_path_factory.mktemp("copy") / "checkout"
    for name in SOURCE_FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("manage.py", "Makefile"):
        shutil.copy(ROOT / name, folder / name)
    (folder / ".env").write_text("DEBUG=1\n")
    return folder


def measured_environment(checkout: Path, **environment: str) -> dict[str, str]:
    """Return a bare environment in which coverage treats files in `checkout` as the repository's own."""
    return {**bare_environment(**environment), "COVERAGE_ROOT": str(checkout)}


@contextmanager
def making(
    checkout: Path, log: Path, environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `make serve` during the block, with this environment only."""
    # The requirements are not installed again, because these tests already run with them.
    command = ["make", "--old-file=.venv/.runtime", "serve", f"PYTHON={sys.executable}"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=checkout,
            env=measured_environment(checkout, **environment),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


@pytest.fixture(scope="module")
def marked(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> dict[str, str]:
    with django_db_blocker.unblock():
        url = database_url()
    return {
        "SECRET_KEY": "0123456789-0123456789-0123456789-0123456789-0123456789",
        "ALLOWED_HOSTS": "127.0.0.1,gym.example",
        "PUBLIC_URL": "https://gym.example",
        "DATABASE_URL": url,
        "REDIS_URL": os.environ.get("REDIS_URL", "redis://127.0.0.1:9"),
        "EMAIL_URL": "smtp://mail.example",
    }


@pytest.fixture(scope="module")
def address(checkout: Path, marked: dict[str, str]) -> Iterator[str]:
    """The URL of a server that `make serve` has started with the marked variables."""
    port, log = find_free_port(), checkout / "log"
    # A free port, and one process, because other servers share the machine's cores.
    environment = {**marked, "PORT": str(port), "WEB_CONCURRENCY": "1"}
    url = f"http://127.0.0.1:{port}"
    with making(checkout, log, environment) as process:
        wait_until_it_answers(url, process, log)
        yield url


def wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{url}/healthz")
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"The server did not start:\n{log.read_text()}")


def test_marked_variables_are_those_required_in_production(marked: dict[str, str]) -> None:
    assert list_marked() == {*marked, "DEBUG"}


@pytest.mark.django_db(transaction=True)
def test_make_serve_is_production_whatever_env_says(address: str, checkout: Path) -> None:
    page = httpx.get(f"{address}/sign-in")
    broken = httpx.get(f"{address}/sign-in", headers={"host": "evil.example"})

    assert page.status_code == 200
    assert re.search(r"/static/web/bundles/app\.[0-9a-f]{12}\.js", page.text)
    assert httpx.get(f"{address}/api/nothing").json() == refusal("Not found.", "not_found")
    assert (broken.status_code, "REDIS_URLS" in broken.text) == (400, False)
    assert "DEBUG=1" not in (checkout / "log").read_text()


def test_make_serve_names_missing_variables_in_one_line(checkout: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"

    with making(checkout, log, {}) as process:
        assert process.wait(60) != 0

    lines = [each for each in log.read_text().splitlines() if not each.startswith("make")]
    assert lines == [
        "Migrating the database",
        "Missing variables, required in production (DEBUG=0): "
        "SECRET_KEY, DATABASE_URL, REDIS_URL, ALLOWED_HOSTS, EMAIL_URL, PUBLIC_URL",
    ]


def test_server_warns_that_debug_is_on(checkout: Path) -> None:
    """`python -m config.serve` accepts DEBUG=1 from `.env`, because it may be intended there."""
    command = [sys.executable, "-m", "config.serve"]
    environment = measured_environment(checkout, PORT=str(find_free_port()))
    with subprocess.Popen(
        command, cwd=checkout, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        first_lines = [process.stderr.readline() for _ in range(2)]
        process.terminate()

    assert f"INFO config.serve Version {VERSION}." in first_lines[1]
    assert "WARNING config.serve DEBUG=1: error pages show source code." in first_lines[0]
