"""
Wakes the workers in this process when a job is enqueued.

Workers in other processes poll, so they find the job up to `JOB_POLL_SECONDS` later. LISTEN/NOTIFY
would wake them at once, but each process would need a permanent connection, which PgBouncer cannot
share.
"""

from collections.abc import Callable

Listener = Callable[[], None]

_listeners: set[Listener] = set()


def wake_workers() -> None:
    """Make each worker of this process check for due jobs now."""
    for wake in tuple(_listeners):
        wake()


def add_listener(wake: Listener) -> None:
    _listeners.add(wake)


def remove_listener(wake: Listener) -> None:
    _listeners.discard(wake)
