"""Thread pools of the API, one for each kind of work, so that slow requests do not delay others."""

import asyncio
import math
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.permissions import SAFE_METHODS
from rest_framework.views import APIView

P = ParamSpec("P")
T = TypeVar("T")


class LaneFull(Exception):
    """As many requests as may wait for a lane do so already."""


class Lane:
    """A pool of threads with a queue of at most `queue` calls. Use it from one event loop."""

    def __init__(self, name: str, threads: int, queue: float = math.inf) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._most = threads + queue
        self._pending = 0

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `call` returns in one of the threads; raise LaneFull."""
        if self._pending >= self._most:
            raise LaneFull
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[T] = loop.create_future()
        self._threads.submit(self._work, loop, outcome, partial(call, *args, **kwargs))
        self._pending += 1
        return await outcome

    def _work(
        self, loop: asyncio.AbstractEventLoop, outcome: asyncio.Future[T], call: Callable[[], T]
    ) -> None:
        """Hand the result over; the chained futures of run_in_executor() cost as much as a query."""
        try:
            result = call()
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits
            loop.call_soon_threadsafe(self._end, outcome, outcome.set_exception, error)
        else:
            loop.call_soon_threadsafe(self._end, outcome, outcome.set_result, result)

    def _end(self, outcome: asyncio.Future[T], end: Callable[[Any], None], value: Any) -> None:
        """Resolve the future, unless its waiter was cancelled."""
        self._pending -= 1
        if not outcome.done():
            end(value)


def find_password_requests() -> frozenset[tuple[str, str]]:
    """
    Return method and path of each request that hashes a password.

    A view declares it by `hashes_passwords = True`. Its path may have no parameters, as each request
    looks up its literal path in this set, which costs next to nothing.
    """
    return frozenset(
        (method.upper(), path)
        for path, view in _list_views(get_resolver().url_patterns, "/")
        if getattr(view, "hashes_passwords", False)
        for method in _list_writes(_without_parameters(path, view))
    )


def _list_views(
    patterns: Iterable[URLPattern | URLResolver], prefix: str
) -> Iterator[tuple[str, type[APIView]]]:
    for each in patterns:
        path = f"{prefix}{each.pattern}"
        if isinstance(each, URLResolver):
            yield from _list_views(each.url_patterns, path)
        elif view := getattr(each.callback, "cls", None):
            yield path, view


def _without_parameters(path: str, view: type[APIView]) -> type[APIView]:
    if "<" in path:
        raise ImproperlyConfigured(
            f"{view.__name__} hashes passwords, so {path} needs to be fixed."
        )
    return view


def _list_writes(view: type[APIView]) -> list[str]:
    return [
        name
        for name in view.http_method_names
        if hasattr(view, name) and name.upper() not in SAFE_METHODS
    ]
