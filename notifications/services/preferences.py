from collections.abc import Mapping

from django.db import transaction

from notifications.models import NotificationPreferences
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
