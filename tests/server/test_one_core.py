"""Which cores the threads of a process use. After each test, the cores of pytest's threads are reset."""

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from server.one_core import TASKS, OneCore

ALL = os.sched_getaffinity(0)
pytestmark = pytest.mark.without_servers


@pytest.fixture(autouse=True)
def _threads_are_put_back() -> Iterator[None]:
    yield
    for each in TASKS.iterdir():
        with suppress(ProcessLookupError):
            os.sched_setaffinity(int(each.name), ALL)


class Idle(threading.Thread):
    """A thread that waits until `may_end` is set."""

    def __init__(self, one_core: OneCore | None = None) -> None:
        super().__init__(daemon=True)
        self.one_core = one_core
        self.may_end, self.is_ready = threading.Event(), threading.Event()
        self.start()
        self.is_ready.wait()

    def run(self) -> None:
        if self.one_core:
            self.one_core.run_anywhere()
        self.is_ready.set()
        self.may_end.wait()

    @property
    def cores(self) -> set[int]:
        return os.sched_getaffinity(self.native_id or 0)


def test_all_threads_share_one_core_but_those_that_run_anywhere() -> None:
    one_core = OneCore()
    before, anywhere = Idle(), Idle(one_core)

    async def story() -> tuple[set[int], Idle]:
        one_core.start()
        return os.sched_getaffinity(0), Idle(one_core)  # would inherit this thread's core

    (core, later) = asyncio.run(story())

    assert len(core) == 1 < len(ALL)
    assert before.cores == core
    assert anywhere.cores == later.cores == ALL


def test_threads_follow_the_event_loop_to_another_core() -> None:
    one_core = OneCore()
    one_core.SECONDS_BETWEEN_MOVES = one_core.SECONDS_TO_MOVE = 0.01
    other = Idle()
    seen: set[int] = set()

    async def story() -> None:
        one_core.start()
        while len(seen) < len(ALL):
            # In place of the scheduler, move the event loop's thread to each core in turn.
            for core in ALL:
                os.sched_setaffinity(0, {core})
                await asyncio.sleep(0.03)
                seen.update(other.cores)

    asyncio.run(asyncio.wait_for(story(), 10))

    assert seen == ALL


def test_thread_that_has_ended_is_skipped(tmp_path: Path) -> None:
    ended, number = Idle(), str(threading.get_native_id())
    ended.may_end.set()
    ended.join()
    (tmp_path / str(ended.native_id)).mkdir()
    (tmp_path / number).mkdir()
    (tmp_path / number / "stat").write_bytes((TASKS / number / "stat").read_bytes())

    async def story() -> int:
        OneCore(tmp_path).start()
        return len(os.sched_getaffinity(0))

    assert asyncio.run(story()) == 1


def test_system_without_such_a_list_of_threads_is_left_alone(tmp_path: Path) -> None:
    async def story() -> set[int]:
        OneCore(tmp_path / "none").start()
        return os.sched_getaffinity(0)

    assert asyncio.run(story()) == ALL


def test_one_core_is_left_as_it_is() -> None:
    one_core = OneCore()

    async def story() -> set[int]:
        os.sched_setaffinity(0, {min(ALL)})
        one_core.start()
        os.sched_setaffinity(0, ALL)
        one_core.run_anywhere()
        return os.sched_getaffinity(0)

    assert asyncio.run(story()) == ALL
