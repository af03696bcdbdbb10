"""
Announces events to users' open sockets; the only module that uses the channel layer to send.

There is one group per user. Events are sent after the transaction commits, and may get lost.
"""

from functools import partial

from django.db import transaction

from live.publisher import Event, publisher


def user_group(user_id: int) -> str:
    """Return the group of all sockets of a user, on any device and in any process."""
    return f"user.{user_id}"


def user_of(group: str) -> int:
    """Return the user id of a group."""
    return int(group.removeprefix("user."))


def announce(user_id: int | None, event: Event) -> None:
    """Send `event` to every socket of a user after commit; do nothing if the account was deleted."""
    if user_id is not None:
        transaction.on_commit(partial(publisher.submit, user_group(user_id), event))


def announce_now(user_id: int | None, event: Event) -> None:
    """Send an event that belongs to no transaction; callable on an event loop too."""
    if user_id is not None:
        publisher.submit(user_group(user_id), event)
