from collections.abc import Mapping

from django.db import transaction

from notifications.models import NotificationPreferences, UnreadWait
from users.impersonation import ensure_may_write
from users.models import User


@transaction.atomic
def change_preferences(*, user: User, changes: Mapping[str, bool]) -> NotificationPreferences:
    """
    Change some of a user's preferences, and return all of them; raise ImpersonationReadOnly.

    Only the changed columns are stored, so concurrent changes of others are not undone. Silencing new
    messages also stops notifications that are already queued.
    """
    ensure_may_write(user)
    NotificationPreferences.objects.get_or_create(user=user)
    rows = NotificationPreferences.objects.filter(user=user)
    if changes:
        rows.update(**changes)
    return rows.get()


def choose_unread_email(*, user: User, wait: str | None) -> None:
    """
    Store after what time a user gets emails about unread messages: an UnreadWait, or None for no change.

    "off" also stops an email that is waiting to be sent. Raise ImpersonationReadOnly.
    """
    ensure_may_write(user)
    if wait is not None:
        _store_unread_email(user.pk, wait)


@transaction.atomic
def stop_unread_emails(*, user_id: int) -> None:
    """
    Turn emails about unread messages off, for the person to whom one of their links was sent.

    This can be repeated. Do nothing if the account was deleted.
    """
    people = User.objects.select_for_update(no_key=True)
    if people.filter(pk=user_id, erased_at=None).exists():
        _store_unread_email(user_id, UnreadWait.OFF)


def _store_unread_email(user_id: int, wait: str) -> None:
    NotificationPreferences.objects.update_or_create(
        user_id=user_id, defaults={"unread_email": wait}
    )
