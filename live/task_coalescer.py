import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import Error as DatabaseError

logger = logging.getLogger(__name__)

Act = Callable[..., Awaitable[None]]


class Errands:
    """
    What sockets have to do that nobody waits for, each thing at most once at a time.

    What fails because the database is away is left: the review finds that it is still to be done.
    """

    def __init__(self) -> None:
        self._under_way: dict[Act, asyncio.Task[None]] = {}
        self._once_more: dict[Act, tuple[Any, ...]] = {}

    def begin(self, act: Act, *args: Any) -> None:
        """
        Begin an act, which is known by its function and its socket.

        One that is under way is done once more after that: it may have looked too early.
        """
        if act in self._under_way:
            self._once_more[act] = args
        else:
            self._under_way[act] = asyncio.create_task(self._run(act, args))

    async def _run(self, act: Act, args: tuple[Any, ...]) -> None:
        try:
            await _attempt(act, args)
            while act in self._once_more:
                await _attempt(act, self._once_more.pop(act))
        finally:
            del self._under_way[act]


async def _attempt(act: Act, args: tuple[Any, ...]) -> None:
    try:
        await act(*args)
    except DatabaseError as error:
        logger.debug("%s is put off: %r", act.__qualname__, error)
    except Exception:
        logger.exception("%s has failed.", act.__qualname__)


errands = Errands()
