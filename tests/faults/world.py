"""The servers of a run: two web processes on PostgreSQL and Redis, or one on the embedded set-up."""

import json
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.backends import Postgres, Redis
from tests.faults.cast import Cast, read_cast
from tests.faults.layer import CONTROL_VARIABLE
from tests.faults.mail import MailServer, running_mail_server
from tests.faults.web import Web, Worker
from tests.notifications.push_service import BrowserKeys, PushService, running_push_service
from tests.system.python_process import run_python


@dataclass(frozen=True)
class World:
    """All running processes, and the file that controls the channel layer's faults."""

    webs: list[Web]
    database_url: str
    cast: Cast
    layer_control: Path
    push: PushService
    mail: MailServer
    keys: BrowserKeys
    media: Path
    postgres: Postgres | None = None
    redis: Redis | None = None
    worker: Worker | None = None

    @property
    def is_embedded(self) -> bool:
        return self.postgres is None


@contextmanager
def running_world(
    *, pairs: int, letters: int, embedded: bool, module: str = "config.serve"
) -> Iterator[World]:
    """Run all servers and product processes during the block; each roster has `letters` trainees."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="messaging-faults-")))
        postgres = None if embedded else stack.enter_context(Postgres(own=True))
        redis = None if embedded else stack.enter_context(Redis(own=True))
        database_url = postgres.url if postgres else f"sqlite:///{folder / 'db.sqlite3'}"
        push, mail = (
            stack.enter_context(running_push_service()),
            stack.enter_context(running_mail_server()),
        )
        environment = {
            **_make_environment(folder, database_url, redis.url if redis else ""),
            "EMAIL_URL": mail.url,
            "PUSH_PRIVATE_HOSTS": push.host,
        }
        _run(environment, "manage", "migrate", "--verbosity", "0")
        keys = BrowserKeys(b"everybody")
        subscription = json.dumps(keys.subscription(f"{push.url}/push"))
        arguments = (str(pairs), str(letters), subscription)
        cast = read_cast(_run(environment, "tests.faults.cast", *arguments))
        webs = [Web(environment, module) for _ in range(1 if embedded else 2)]
        worker = None if embedded else Worker(environment)
        for program in filter(None, (*webs, worker)):
            stack.enter_context(program)
        layer = folder / "layer"
        media = folder / "media"
        yield World(
            webs, database_url, cast, layer, push, mail, keys, media, postgres, redis, worker
        )


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
        "THROTTLE_READING": "off",
        "THROTTLE_SEARCH": "off",
        "THROTTLE_REFRESH": "off",
        "THROTTLE_SIGN_IN": "off",
        "THROTTLE_SIGN_IN_ADDRESS": "off",
        "THROTTLE_INVITATIONS": "off",
        "THROTTLE_INVITATIONS_ADDRESS": "off",
        "THROTTLE_RESETS": "off",
        "THROTTLE_RESETS_ADDRESS": "off",
        # Short, so that some processes are frozen for longer than the leases of their jobs.
        "JOB_LEASE_SECONDS": "3",
        "PUSH_DELAY_SECONDS": "1",
        # High, because half-open connections count as open until the server detects them.
        "SOCKETS_PER_USER": "200",
    }


def _run(environment: dict[str, str], module: str, *arguments: str) -> str:
    """Run a module until it ends, and return its output. Raise CalledProcessError if it fails."""
    inherited = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    done = run_python(module, *arguments, environment={**inherited, **environment})
    sys.stderr.write(done.stderr)
    done.check_returncode()
    return done.stdout
