"""
Limit processes to a share of a core, so that the machine has enough cores for all of them.

This needs root and the cpu controller of cgroups v1 (https://docs.kernel.org/scheduler/sched-bwc.html).
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup/cpu")
PERIOD_US = 10_000
SHARE = 0.3
"""Share of a core for each process; four of them and the other servers then fit into two cores."""


def can_hold() -> bool:
    """Return whether this machine supports such limits."""
    return os.geteuid() == 0 and (GROUPS / "cgroup.procs").exists()


@contextmanager
def hold(pids: Iterable[int]) -> Iterator[None]:
    """Limit each process to `SHARE` of a core while the block runs."""
    with ExitStack() as stack:
        for pid in pids:
            stack.enter_context(_hold_one(pid))
        yield


@contextmanager
def _hold_one(pid: int) -> Iterator[None]:
    group = GROUPS / f"bench-{pid}"
    group.mkdir()
    try:
        (group / "cpu.cfs_period_us").write_text(str(PERIOD_US))
        (group / "cpu.cfs_quota_us").write_text(str(int(PERIOD_US * SHARE)))
        (group / "cgroup.procs").write_text(str(pid))
        yield
    finally:
        for member in (group / "cgroup.procs").read_text().split():
            (GROUPS / "cgroup.procs").write_text(member)
        group.rmdir()
