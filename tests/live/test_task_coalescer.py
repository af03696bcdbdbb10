import asyncio
import logging

import pytest

from live.task_coalescer import TaskCoalescer
from tests.database_errors import away
from tests.live.client import run, settle


@pytest.mark.parametrize(("error", "logged"), [(away(), 0), (ValueError(), 1)])
def test_method_scheduled_during_a_run_runs_once_more(
    error: Exception, logged: int, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    async def fail(name: str) -> None:
        done.append(f"begin {name}")
        await asyncio.sleep(0)
        done.append(f"end {name}")
        raise error

    async def scenario() -> None:
        tasks = TaskCoalescer()
        for name in ("first", "second", "third"):
            tasks.schedule(fail, name)
        await tasks.join()
        tasks.schedule(fail, "fourth")
        await tasks.join()

    run(scenario)

    ran = ["first", "third", "fourth"]
    assert done == [f"{step} {each}" for each in ran for step in ("begin", "end")]
    # An outage of the database is a warning, at most once a second in a process.
    errors = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert len(errors) == len(ran) * logged


def test_task_cancelled_before_its_start_does_not_block_the_next() -> None:
    done: list[int] = []

    async def record(number: int) -> None:
        done.append(number)

    async def scenario() -> None:
        tasks = TaskCoalescer()
        tasks.schedule(record, 1)
        tasks._running[record].cancel()
        await settle()

        tasks.schedule(record, 2)
        await tasks.join()

    run(scenario)

    assert done == [2]
