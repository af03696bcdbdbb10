from collections.abc import Callable
from typing import Any, TypeVar

from channels.db import database_sync_to_async

T = TypeVar("T")


async def in_thread(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Run `function`, which uses the ORM, in a thread pool. By default, channels uses a single thread."""
    run: Callable[..., Any] = database_sync_to_async(function, thread_sensitive=False)
    result: T = await run(*args, **kwargs)
    return result
