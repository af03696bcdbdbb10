import os
import time

import pytest

from tests.mutants import forking
from tests.mutants.forking import Reply, run_in_fork

pytestmark = pytest.mark.without_servers
FOUND: list[str] = []


def test_child_replies_and_changes_nothing_here() -> None:
    def act() -> Reply:
        FOUND.append("x" * 100_000)
        return {"outcome": "killed", "failed": FOUND}

    reply = run_in_fork(act, seconds=60)

    assert reply["outcome"] == "killed"
    assert reply["failed"] == ["x" * 100_000]
    assert FOUND == []


def test_child_that_takes_too_long_is_ended() -> None:
    def act() -> Reply:
        time.sleep(600)
        return {}

    assert run_in_fork(act, seconds=0.1)["outcome"] == "timeout"


def test_child_that_ends_without_a_reply_has_crashed() -> None:
    assert run_in_fork(lambda: os._exit(3), seconds=60)["outcome"] == "crashed"


def test_exception_in_the_child_is_an_error() -> None:
    reply = run_in_fork(lambda: {"number": 1 // 0}, seconds=60)

    assert reply["outcome"] == "error"
    assert "ZeroDivisionError" in reply["detail"]


def test_child_in_an_endless_loop_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forking, "CPU_SECONDS", 0)

    def act() -> Reply:
        while True:
            pass

    assert run_in_fork(act, seconds=600)["outcome"] == "timeout"
