"""
Wakes the workers of this process when a job was enqueued here.

Workers of other processes find it when they poll, at most `JOB_POLL_SECONDS` later. LISTEN/NOTIFY
would tell them at once, for a connection that each process keeps and that PgBouncer cannot share.
"""

from collections.abc import Callable

Listener = Callable[[], None]

_listeners: set[Listener] = set()


def wake_workers() -> None:
    """Have each worker of this process look for due jobs now."""
    for wake in tuple(_listeners):
        wake()


def add_listener(wake: Listener) -> None:
    _listeners.add(wake)


def remove_listener(wake: Listener) -> None:
    _listeners.discard(wake)
