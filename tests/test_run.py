"""How the arguments of `make test` are split into pytest processes, each with its own servers."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.backends.server import PORTS, list_own_ports
from tests.running.plan import list_runs, split
from tests.running.servers import inherit
from tests.running.worker import claim

pytestmark = [pytest.mark.unmeasured, pytest.mark.without_servers]

ROOT = Path(__file__).parent.parent
MAIN, BROWSER = "tests/test_run.py::test_paths", "tests/e2e/conftest.py::test_story"
LISTS = {"TEST_REDIS_URLS": "redis://a redis://b", "TEST_PORT_RANGES": "15000-15499 15500-15999"}


@pytest.mark.parametrize(
    ("arguments", "others", "in_browser"),
    [
        ([], [], ["tests/e2e"]),
        (["-x", "-k", "story"], ["-x", "-k", "story"], ["-x", "-k", "story", "tests/e2e"]),
        (["-x", MAIN], ["-x", MAIN], None),
        (["-x", BROWSER], None, ["-x", BROWSER]),
        (["-x", MAIN, BROWSER], ["-x", MAIN], ["-x", BROWSER]),
        (["-x", "tests"], ["-x", "tests"], ["-x", "tests/e2e"]),
    ],
)
def test_paths_go_to_their_run_and_options_to_both(
    arguments: list[str], others: list[str] | None, in_browser: list[str] | None
) -> None:
    assert split(arguments) == (others, in_browser)


@pytest.mark.parametrize(
    ("arguments", "workers", "is_whole"),
    [
        ([], [2, 0, 2, 1], True),
        (["-k", "story"], [2, 0, 2, 1], True),
        (["-n", "3", "-x"], [3, 3, 3, 3], True),
        (["--pdb"], [0, 0, 0, 0], True),
        ([MAIN], [0, 0], False),
        ([MAIN, "-n3"], [3, 3], False),
    ],
)
def test_workers_are_used_for_many_files_or_on_request(
    arguments: list[str], workers: list[int], is_whole: bool
) -> None:
    runs = list_runs(("embedded", "production"), arguments)

    assert [each.workers for each in runs] == workers
    assert {each.is_whole for each in runs} == {is_whole}
    assert not [each for each in runs if "3" in each.arguments or "-n3" in each.arguments]


def test_each_worker_has_its_own_redis_and_ports() -> None:
    first, second, replacement = (
        claim({**LISTS, "PYTEST_XDIST_WORKER": name}) for name in ("gw0", "gw1", "gw2")
    )

    assert first == {"REDIS_URL": "redis://a", "TEST_PORTS": "15000-15499"} == replacement
    assert second == {"REDIS_URL": "redis://b", "TEST_PORTS": "15500-15999"}
    assert claim(LISTS) == first
    assert claim({"PYTEST_XDIST_WORKER": "gw1"}) == {}


def test_ports_come_from_the_range_of_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PORTS", "15500-15501")
    assert list(list_own_ports()) == [15500, 15501]

    monkeypatch.delenv("TEST_PORTS")
    assert list_own_ports() == PORTS


def test_runs_use_neither_the_servers_of_a_shell_nor_its_ban_on_compiled_files() -> None:
    shell = {"PATH": "/bin", "DATABASE_URL": "postgres://live", "REDIS_URL": "redis://live"}

    assert inherit({**shell, "PYTHONDONTWRITEBYTECODE": "1"}) == {"PATH": "/bin"}


SLEEPING = """
import time
from pathlib import Path

def test_sleep():
    try:
        Path(__file__).with_name("begun").touch()
        time.sleep(600)
    finally:
        Path(__file__).with_name("ended").touch()
"""


def test_sigterm_tears_down_every_run_and_exits_with_143(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
        (folder / f"test_{folder.name}.py").write_text(SLEEPING)
    command = [
        sys.executable,
        "-m",
        "tests.run",
        "all",
        *map(str, folders),
        "-p",
        "no:cacheprovider",
    ]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "TEST_"))}
    # Do not overwrite the logs of the run that this test belongs to.
    environment["TEST_LOGS"] = str(tmp_path / "logs")

    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        wait_for(folders[0] / "begun")
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate()

    assert process.returncode == 128 + signal.SIGTERM
    assert b"interrupted: Terminated" in output
    assert (folders[0] / "ended").exists()


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 300
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
