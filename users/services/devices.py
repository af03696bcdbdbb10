from django.db import transaction

from users.models import DeviceToken, User
from users.services.accounts import ensure_may_write


@transaction.atomic
def register_device(*, user: User, token: str, platform: str) -> bool:
    """
    Make `user` the one owner of a push token; return whether the token is new.

    Whoever had it before loses it: text must not appear on the wrong person's phone.
    """
    ensure_may_write(user)
    _, created = DeviceToken.objects.update_or_create(
        token=token, defaults={"user": user, "platform": platform}
    )
    return created


def forget_device(*, user: User, token: str) -> None:
    """Send no more notifications to one of the user's own devices; unknown tokens are ignored."""
    ensure_may_write(user)
    DeviceToken.objects.filter(user=user, token=token).delete()
