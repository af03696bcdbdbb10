"""
Runs mutation tests: `python -m tests.mutants [paths] [--continue | --survivors] [--tests N]`.

Each mutant runs on the embedded set-up; a mutant that survives there also runs on PostgreSQL and
Redis. Most mutation operators are those of cosmic-ray; a few are our own (`tests.mutants.sql` and
`.statements`). cosmic-ray's runner would start pytest for each mutant, which takes 8 s of CPU time
here; forking a process that has already collected the tests takes 0.1 s.
"""

import argparse
import json
import signal
import sys
from collections.abc import Sequence

from tests.mutants.judging import Verdicts, run_mutants
from tests.mutants.measuring import measure
from tests.mutants.population import Mutant, check_examples, list_mutants
from tests.mutants.report import describe
from tests.mutants.scope import list_modules
from tests.mutants.workers import LOGS, collected_workers, fresh_workers
from tests.running.plan import BACKENDS

REQUIRED_SCORE = 90


def main(arguments: Sequence[str]) -> int:
    options = _parse(arguments)
    # Exits normally on SIGTERM, which ends the workers and removes their files.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    check_examples()
    LOGS.mkdir(parents=True, exist_ok=True)
    if not (options.resume or options.survivors):
        (LOGS / "verdicts.jsonl").unlink(missing_ok=True)
    verdicts = Verdicts(LOGS / "verdicts.jsonl")
    if options.survivors:
        verdicts.forget_survivors()
    mutants = [each for path in list_modules(options.paths) for each in list_mutants(path)]
    for backend in BACKENDS:
        _run(backend, mutants, verdicts, options)
    report = describe(mutants, verdicts)
    (LOGS / "report.md").write_text(report)
    print(report)
    survived = sum(verdicts.outcome(each) == "survived" for each in mutants)
    return int(100 * (len(mutants) - survived) < REQUIRED_SCORE * len(mutants))


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument(
        "paths", nargs="*", help="beginnings of paths of modules; without any, all modules"
    )
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument(
        "--continue",
        dest="resume",
        action="store_true",
        help="keep the outcomes of an earlier run in modules that have not changed since",
    )
    parser.add_argument(
        "--survivors", action="store_true", help="like --continue, but run the survivors again"
    )
    parser.add_argument("--tests", type=int, help="run at most this many against each mutant")
    parser.add_argument(
        "--keep-reach", action="store_true", help="do not measure anew which test reaches what"
    )
    return parser.parse_args(arguments)


def _run(
    backend: str, mutants: Sequence[Mutant], verdicts: Verdicts, options: argparse.Namespace
) -> None:
    pending = [each for each in mutants if verdicts.is_pending(each, backend)]
    if not pending:
        return
    print(f"{len(pending)} mutants on the {backend} set-up", flush=True)
    outside = [each for each in pending if not each.function]
    with collected_workers(backend, options.processes) as workers:
        (LOGS / "modules.json").write_text(json.dumps(workers[0].hello["modules"]))
        reach = measure(workers, backend, again=not options.keep_reach)
        inside = [each for each in pending if each.function]
        outside += run_mutants(workers, inside, backend, reach, verdicts, at_most=options.tests)
    if outside:
        with fresh_workers(backend, options.processes) as workers:
            run_mutants(workers, outside, backend, reach, verdicts, at_most=options.tests)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
