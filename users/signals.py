from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from users.epoch import WATCHED
from users.models import User
from users.services.sessions import end_outdated_sessions


@receiver(post_save, sender=User)
def close_outdated_sessions(
    instance: User, created: bool, update_fields: Collection[str] | None, **kwargs: Any
) -> None:
    """
    After a user is saved, set `ended_at` on outdated sessions and close their sockets at once.

    The save has already ended access by increasing the access epoch, so a failure here does no harm.
    `QuerySet.update()` sends no signal. After such an update, the reconciler closes the sockets within a
    second.
    """
    if not created and (update_fields is None or WATCHED.intersection(update_fields)):
        user_id = instance.pk
        # Not a partial, because Django raises AttributeError when it logs the failure of a partial.
        transaction.on_commit(lambda: end_outdated_sessions(user_id=user_id), robust=True)
