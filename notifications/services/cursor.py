"""The positions of both scans for unread messages, in one row. To scan, a process must lock the row."""

from notifications.models import PushCursor


def lock_cursor() -> PushCursor | None:
    """Lock and return the PushCursor; None if another process has locked it, or if it does not exist."""
    return PushCursor.objects.select_for_update(skip_locked=True).first()


def prepare_cursor() -> None:
    """Create the PushCursor if it is missing. Without this row, no process can scan for unread messages."""
    PushCursor.objects.get_or_create(pk=PushCursor.ONLY)


def skip_to(message_id: int) -> None:
    """
    Make both scans for unread messages skip all messages up to an id. Call this while no user has a device.

    If the scans stayed behind, the first device to be registered would be notified of unread messages
    that are years old.
    """
    cursors = PushCursor.objects.all()
    cursors.filter(scanned_up_to__lt=message_id).update(scanned_up_to=message_id)
    cursors.filter(rescanned_up_to__lt=message_id).update(rescanned_up_to=message_id)
