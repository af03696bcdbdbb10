"""Processes that are forked with the libraries imported behave like those that `python -m` starts."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.system.people import eventually
from tests.system.python_process import ROOT, PythonProcess, run_python

pytestmark = pytest.mark.without_servers

PRODUCT = {"config", "live", "messaging", "users"}


def reflect(*arguments: str, **environment: str) -> Any:
    done = run_python("tests.system.reflection", *arguments, environment=environment)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def serve_files(tmp_path: Path) -> PythonProcess:
    """Start a process that runs until it is stopped."""
    return PythonProcess("http.server", "0", environment={}, log=tmp_path / "log")


def test_process_has_its_own_environment_arguments_and_an_empty_input() -> None:
    found = reflect("--one", "two", THREE="3")

    assert (found["arguments"], found["environment"]) == (["--one", "two"], {"THREE": "3"})
    assert (found["name"], found["folder"], found["input"]) == ("__main__", str(ROOT), "")
    assert found["threads"] == 1


def test_libraries_are_imported_but_neither_the_product_nor_its_settings() -> None:
    modules = set(reflect()["modules"])

    assert {"django.core.asgi", "rest_framework.request", "uvicorn"} <= modules
    assert not {each for each in modules if each.partition(".")[0] in PRODUCT}


def test_output_and_exit_code_are_those_of_the_module() -> None:
    refused = run_python("calendar", "1", "2", "3", "4", environment={})

    assert (refused.returncode, refused.stdout) == (2, "")
    assert "unrecognized arguments" in refused.stderr


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGKILL])
def test_process_ended_by_a_signal_has_its_negative_number(tmp_path: Path, signum: int) -> None:
    process = serve_files(tmp_path)
    assert process.poll() is None
    with pytest.raises(TimeoutError):
        process.wait(0.01)

    process.send_signal(signum)

    assert process.wait(10) == process.poll() == -signum
    assert not psutil.pid_exists(process.pid)
    process.send_signal(signal.SIGKILL)  # reaches nobody


def test_killed_process_takes_its_children_with_it(tmp_path: Path) -> None:
    environment = {**os.environ, "PORT": "1", "DEBUG": "1"}
    process = PythonProcess(
        "config.serve", "--reload", environment=environment, log=tmp_path / "log"
    )
    found = psutil.Process(process.pid)
    children = eventually(lambda: found.children() or None)

    process.kill()

    process.wait(10)
    psutil.wait_procs(children, 10)
    assert not any(each.is_running() for each in children)
