from live.events import announce


def announce_access_changed(user_id: int | None) -> None:
    """
    Make a user's sockets check their access right after the commit; ignore a `user_id` of None.

    Callers have ended a session, or have deactivated or deleted the account.
    """
    announce(user_id, {"type": "access.changed"})
