import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from api.outages import log_failure

Func = Callable[..., Awaitable[None]]


class TaskCoalescer:
    """
    Runs at most one background task per method of an object, such as `check_access` of one socket.

    If a method is scheduled again while it runs, it is rerun once afterwards. A task that fails because
    the database is unavailable is not retried here. The reconciler will later detect any difference
    between the socket and the database.
    """

    def __init__(self) -> None:
        self._running: dict[Func, asyncio.Task[None]] = {}
        self._reruns: dict[Func, tuple[Any, ...]] = {}

    def schedule(self, func: Func, *args: Any) -> None:
        """
        Run a method of a socket or of the listener in the background.

        If the method is already running, run it once more afterwards, with the latest arguments: the
        current run may have read the database too early.
        """
        task = self._running.get(func)
        if task and not task.done():
            self._reruns[func] = args
        else:
            self._running[func] = asyncio.create_task(self._run(func, args))

    async def _run(self, func: Func, args: tuple[Any, ...]) -> None:
        try:
            await _run_once(func, args)
            while func in self._reruns:
                await _run_once(func, self._reruns.pop(func))
        finally:
            del self._running[func]

    async def join(self) -> None:
        """Wait for the running tasks, including their reruns."""
        await asyncio.gather(*self._running.values())


async def _run_once(func: Func, args: tuple[Any, ...]) -> None:
    try:
        await func(*args)
    except Exception as error:  # noqa: BLE001 - logged
        log_failure(error, f"{func.__qualname__} failed.")


tasks = TaskCoalescer()
