"""The servers of a run: two web processes on PostgreSQL and Redis, or one on the embedded set-up."""

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.backends import Postgres, Redis
from tests.faults.cast import Cast, read_cast
from tests.faults.layer import CONTROL_VARIABLE
from tests.faults.web import ROOT, Web


@dataclass(frozen=True)
class World:
    """All running processes, and the control of the channel layer's faults."""

    webs: list[Web]
    database_url: str
    cast: Cast
    layer_control: Path
    postgres: Postgres | None = None
    redis: Redis | None = None

    @property
    def is_embedded(self) -> bool:
        return self.postgres is None


@contextmanager
def running_world(*, pairs: int, embedded: bool, module: str = "config.serve") -> Iterator[World]:
    """Run all of them during the block, with this many trainers and trainees."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="messaging-faults-")))
        postgres = None if embedded else stack.enter_context(Postgres(own=True))
        redis = None if embedded else stack.enter_context(Redis(own=True))
        database_url = postgres.url if postgres else f"sqlite:///{folder / 'db.sqlite3'}"
        environment = _make_environment(folder, database_url, redis.url if redis else "")
        _run(environment, "manage.py", "migrate", "--verbosity", "0")
        cast = read_cast(_run(environment, "-m", "tests.faults.cast", str(pairs)))
        webs = [Web(environment, module) for _ in range(1 if embedded else 2)]
        for web in webs:
            stack.enter_context(web)
        yield World(webs, database_url, cast, folder / "layer", postgres, redis)


def _make_environment(folder: Path, database_url: str, redis_url: str) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "DEBUG": "1",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "HOST": "127.0.0.1",
        "WEB_CONCURRENCY": "1",
        "MEDIA_ROOT": str(folder / "media"),
        CONTROL_VARIABLE: str(folder / "layer"),
        "THROTTLE_MESSAGING": "off",
        "THROTTLE_USER": "off",
        "THROTTLE_SIGN_IN": "off",
        "THROTTLE_SIGN_IN_ADDRESS": "off",
        # Half-open connections count as open until the server detects them.
        "SOCKETS_PER_USER": "200",
    }


def _run(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, *arguments]
    inherited = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**inherited, **environment},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout
