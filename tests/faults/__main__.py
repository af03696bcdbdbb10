"""
Injects faults and checks that no message, notification or e-mail is lost or sent to the wrong person.

`python -m tests.faults [--seconds N] [--seed S] [--pairs P] [--embedded]`, or `make faults`. The
same seed gives the same schedule of faults. Exits with 1 if there is any violation.
"""

import argparse
import asyncio
import random
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

from tests.faults import report
from tests.faults.run import Run
from tests.faults.schedule import plan
from tests.faults.world import World, running_world


def main() -> int:
    """Start a world, run the schedule of faults, and report the verdict."""
    arguments = _parse()
    signal.signal(signal.SIGTERM, _leave)
    faults = (
        []
        if arguments.no_faults
        else plan(
            seed=arguments.seed,
            seconds=arguments.seconds,
            webs=1 if arguments.embedded else 2,
            embedded=arguments.embedded,
        )
    )
    settings = {k: v for k, v in vars(arguments).items() if k not in ("json", "logs")}
    say(f"{len(faults)} faults; {' '.join(f'{k}={v}' for k, v in settings.items())}")
    world = running_world(
        pairs=arguments.pairs,
        # More letters than a trainer can write during the run.
        letters=round(arguments.seconds / arguments.pause) + 10,
        embedded=arguments.embedded,
        module=arguments.module,
    )
    with world as servers:
        run = Run(
            servers,
            seed=arguments.seed,
            pause=arguments.pause,
            photos=arguments.photos,
            patience=arguments.patience,
            skips_pauses=arguments.skip_pauses,
        )
        result = asyncio.run(run.play(faults, arguments.seconds, say))
        _keep_logs(servers, arguments.logs)
    say(report.as_table(result))
    if arguments.json:
        arguments.json.write_text(report.to_json(result, faults, settings))
    say(f"seed {arguments.seed}: {'clean' if result.verdict.is_clean else 'NOT CLEAN'}")
    return 0 if result.verdict.is_clean else 1


def say(line: str) -> None:
    """Print a line and flush it, because a run takes minutes."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600, help="seconds of faults (600)")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--pairs", type=int, default=8, help="trainers with a trainee each (8)")
    parser.add_argument("--pause", type=float, default=0.7, help="seconds between messages (0.7)")
    parser.add_argument("--photos", type=float, default=0.08, help="share of photos (0.08)")
    parser.add_argument("--patience", type=float, default=40, help="seconds to catch up (40)")
    parser.add_argument(
        "--skip-pauses", action="store_true", help="after the faults, retry failed jobs at once"
    )
    parser.add_argument("--embedded", action="store_true", help="SQLite, in memory, one process")
    parser.add_argument("--no-faults", action="store_true", help="run the clients without faults")
    parser.add_argument(
        "--module", default="config.serve", help="module to serve, such as a sabotaged one"
    )
    parser.add_argument("--json", type=Path, help="write the result here as well")
    parser.add_argument("--logs", type=Path, help="keep the web processes' logs in this folder")
    return parser.parse_args()


def _keep_logs(world: World, folder: Path | None) -> None:
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        for number, web in enumerate(world.webs):
            (folder / f"web{number}.log").write_text(web.read_log())
        if world.worker:
            (folder / "worker.log").write_text(world.worker.read_log())


def _leave(signum: int, frame: FrameType | None) -> NoReturn:
    """Raise SystemExit, so that every server is stopped."""
    sys.exit(128 + signum)


if __name__ == "__main__":
    sys.exit(main())
