from live.events import announce


def announce_access_changed(user_id: int | None) -> None:
    """Have a user's sockets checked at once: a session ended, or the account was deactivated."""
    announce(user_id, {"type": "access.changed"})
