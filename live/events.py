"""
What is announced to people's open sockets. The only module that reaches the channel layer.

Groups are per user. Events leave after the transaction commits, and may get lost.
"""

from functools import partial

from django.db import transaction

from live.publisher import Event, publisher


def user_group(user_id: int) -> str:
    """Name the group of all sockets, of any device and process, that belong to one user."""
    return f"user.{user_id}"


def user_of(group: str) -> int:
    """Return whose sockets a group is, the other way round."""
    return int(group.removeprefix("user."))


def announce(user_id: int | None, event: Event) -> None:
    """Send `event` to every socket of a user after commit; to nobody when the account is gone."""
    if user_id is not None:
        transaction.on_commit(partial(publisher.submit, user_group(user_id), event))


def announce_now(user_id: int | None, event: Event) -> None:
    """Send what belongs to no transaction; callable on an event loop too."""
    if user_id is not None:
        publisher.submit(user_group(user_id), event)
