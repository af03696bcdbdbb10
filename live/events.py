"""
Announces events to users' open sockets: passes events to the publisher, usually after the commit.

Each user has one group in the channel layer. Events may get lost.
"""

from functools import partial

from django.db import transaction

from live.publisher import Event, publisher


def user_group(user_id: int) -> str:
    """Return the name of the group of a user's sockets, on all devices and in all processes."""
    return f"user.{user_id}"


def user_of(group: str) -> int:
    """Return the id of the user that a group belongs to."""
    return int(group.removeprefix("user."))


def announce(user_id: int | None, event: Event) -> None:
    """Send `event` to a user's sockets after the commit; ignore a `user_id` of None (a deleted account)."""
    if user_id is not None:
        transaction.on_commit(partial(publisher.submit, user_group(user_id), event))


def announce_now(user_id: int | None, event: Event) -> None:
    """
    Send `event` to a user's sockets without waiting for a commit. Ignore a `user_id` of None.

    This may be called on an event loop.
    """
    if user_id is not None:
        publisher.submit(user_group(user_id), event)
