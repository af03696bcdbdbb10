from live.events import announce


def announce_access_changed(user_id: int | None) -> None:
    """
    Make a user's sockets check their access at once, after a session ended or an account was
    deactivated.
    """
    announce(user_id, {"type": "access.changed"})
