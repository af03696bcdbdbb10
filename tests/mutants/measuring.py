"""Measures which lines of the modules in scope each test reaches."""

import json
from collections.abc import Sequence

from tests.mutants.feeding import feed
from tests.mutants.scope import list_modules
from tests.mutants.selection import Reach
from tests.mutants.workers import LOGS, Worker

SECONDS_OF_A_FILE = 900.0


def measure(workers: Sequence[Worker], backend: str, *, again: bool) -> Reach:
    """Run all tests, with a child for each file; unless `again`, return the earlier result, if any."""
    file = LOGS / f"reach-{backend}.json"
    transactional = workers[0].hello["tests"]
    if again or not file.exists():
        file.write_text(json.dumps(_measure(workers, list(transactional))))
    found = json.loads(file.read_text())
    lines = {test: each["lines"] for test, each in found.items() if test in transactional}
    seconds = {test: each["seconds"] for test, each in found.items()}
    return Reach(lines, seconds, transactional)


def _measure(workers: Sequence[Worker], tests: Sequence[str]) -> dict[str, dict[str, object]]:
    """Return lines and CPU seconds of each test that passes; a test that fails is repeated alone."""
    groups: dict[str, list[str]] = {}
    for test in tests:
        groups.setdefault(test.partition("::")[0], []).append(test)
    found = _run(workers, list(groups.values()))
    lost = [[test] for test in tests if test not in found]
    found |= _run(workers, lost)
    for test in tests:
        if test not in found:
            print(f"left out, because it fails without a mutant: {test}", flush=True)
    return found


def _run(
    workers: Sequence[Worker], groups: Sequence[Sequence[str]]
) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    paths = list_modules(())

    def act(worker: Worker, group: Sequence[str]) -> None:
        reply = worker.ask(tests=group, measure=paths, limit=SECONDS_OF_A_FILE)
        found.update(reply.get("reached", {}))
        print(f"measured {group[0]}: {reply.get('outcome', 'ok')} {reply['seconds']} s", flush=True)

    feed(workers, groups, act)
    return found
