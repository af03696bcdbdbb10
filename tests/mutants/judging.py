"""Runs the tests against mutants on one set-up, and records the outcomes."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from tests.mutants.feeding import feed
from tests.mutants.forking import Reply
from tests.mutants.population import Mutant
from tests.mutants.selection import Reach
from tests.mutants.workers import Worker

# Tests that take this many times as long as without a mutant are waiting for something that never
# happens.
PATIENCE = 20.0
SECONDS_AT_LEAST = 60.0


@dataclass
class Verdicts:
    """The outcome of each mutant, kept in a file: `killed`, `timeout`, `survived`, `crashed` or `error`."""

    file: Path
    found: dict[str, Reply] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lock = Lock()
        if self.file.exists():
            lines = self.file.read_text().splitlines()
            self.found = {each["digest"]: each for each in map(json.loads, lines)}

    def forget_survivors(self) -> None:
        """Keep only the outcomes `killed` and `timeout`; the other mutants run again on all set-ups."""
        self.found = {k: v for k, v in self.found.items() if v["outcome"] in ("killed", "timeout")}

    def outcome(self, mutant: Mutant) -> str:
        return str(self.found.get(digest(mutant), {}).get("outcome", "pending"))

    def is_pending(self, mutant: Mutant, backend: str) -> bool:
        """Return whether a mutant has not run on this set-up, and has survived where it has run."""
        verdict = self.found.get(digest(mutant), {"outcome": "pending", "backends": []})
        return verdict["outcome"] in ("pending", "survived") and backend not in verdict["backends"]

    def record(self, mutant: Mutant, backend: str, reply: Reply, tests: int) -> None:
        with self._lock:
            before = self.found.get(digest(mutant), {})
            kept = {
                name: reply.get(name) for name in ("outcome", "failed", "detail", "seconds", "cpu")
            }
            verdict = {
                "digest": digest(mutant),
                "mutant": mutant.key,
                "function": mutant.function,
                "change": mutant.change,
                "backends": [*before.get("backends", []), backend],
                "tests": tests + before.get("tests", 0),
                **kept,
            }
            self.found[digest(mutant)] = verdict
            with self.file.open("a") as file:
                file.write(json.dumps(verdict) + "\n")


def digest(mutant: Mutant) -> str:
    text = f"{mutant.key}\n{mutant.source}\n{mutant.mutated}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def run_mutants(
    workers: Sequence[Worker],
    mutants: Sequence[Mutant],
    backend: str,
    reach: Reach,
    verdicts: Verdicts,
    *,
    at_most: int | None = None,
) -> list[Mutant]:
    """
    Run the tests that reach each mutant, and record the outcome.

    Return the mutants that these workers cannot apply.
    """
    refused = []

    def act(worker: Worker, mutant: Mutant) -> None:
        tests = reach.choose(mutant, at_most=at_most)
        reply: Reply = {"outcome": "survived"}
        if tests:
            expected = sum(reach.seconds[test] for test in tests)
            limit = SECONDS_AT_LEAST + PATIENCE * expected
            reply = _ask(worker, mutant, tests, limit)
        for test in reply.get("failed", []):
            reach.note_killer(mutant, test)
        if reply["outcome"] == "refused":
            refused.append(mutant)
        else:
            verdicts.record(mutant, backend, reply, len(tests))

    feed(workers, mutants, act)
    return refused


def _ask(worker: Worker, mutant: Mutant, tests: Sequence[str], limit: float) -> Reply:
    return worker.ask(
        tests=tests, path=mutant.path, source=mutant.source, mutated=mutant.mutated, limit=limit
    )
