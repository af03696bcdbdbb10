from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import update_last_login
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone

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


# Django's receiver saves the instance, which is a server error if the row was deleted meanwhile.
user_logged_in.disconnect(update_last_login, dispatch_uid="update_last_login")


@receiver(user_logged_in)
def record_sign_in(user: User, **kwargs: Any) -> None:
    """Record the time of a sign-in to the admin."""
    user.last_login = timezone.now()
    User.objects.filter(pk=user.pk).update(last_login=user.last_login)
