"""Resolves host names that clients choose."""

import asyncio
import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

# Threads start on demand. The limit per domain is enough for a push service with a name per region.
LOOK_UPS = 64
LOOK_UPS_OF_ONE_DOMAIN = 8
NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV


class ResolverBusy(OSError):
    """Too many earlier lookups of the same domain are still unanswered."""


class BoundedResolver(AbstractResolver):
    """
    Resolves host names in threads of its own; one domain can occupy only a few of them.

    A lookup cannot be cancelled, so an unanswered lookup occupies its thread long after the timeout. If
    lookups ran in the event loop's few default threads, one user's host names could block the lookups of
    all other users.
    """

    def __init__(self) -> None:
        # The threads end when the session that uses this resolver is deleted.
        self._threads = ThreadPoolExecutor(LOOK_UPS, thread_name_prefix="push-names")
        self._waiting: Counter[str] = Counter()
        self._lock = Lock()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """
        Return the host's addresses; raise OSError if it has none.

        Raise ResolverBusy, without a lookup, if too many lookups of the host's domain are unanswered.
        """
        domain = ".".join(host.lower().rstrip(".").split(".")[-2:])
        with self._lock:
            if self._waiting[domain] >= LOOK_UPS_OF_ONE_DOMAIN:
                raise ResolverBusy
            self._waiting[domain] += 1
        future = self._threads.submit(self._look_up, domain, host, port, family)
        return [_result(host, each) for each in await asyncio.wrap_future(future)]

    async def close(self) -> None:
        self._threads.shutdown(wait=False)

    def _look_up(self, domain: str, host: str, port: int, family: int) -> list[Any]:
        try:
            return socket.getaddrinfo(
                host, port, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
            )
        finally:
            with self._lock:
                self._waiting[domain] -= 1
                self._waiting += Counter()  # removes entries that are 0


def _result(host: str, info: Any) -> ResolveResult:
    family, _, protocol, _, address = info
    return ResolveResult(
        hostname=host,
        host=address[0],
        port=address[1],
        family=family,
        proto=protocol,
        flags=NUMERIC,
    )
