from live.events import announce


def announce_access_changed(user_id: int | None) -> None:
    """
    Make a user's sockets check their access at once, because a session ended or the account was
    deactivated.
    """
    announce(user_id, {"type": "access.changed"})
