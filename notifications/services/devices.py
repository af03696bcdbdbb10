from django.db import transaction

from notifications.models import DeviceToken
from notifications.subscriptions import stored_form
from users.exceptions import InvalidToken
from users.impersonation import ensure_may_write
from users.locking import lock_account
from users.models import User

# Without a limit, one message could cause many requests to push services.
DEVICES_PER_USER = 20


@transaction.atomic
def register_device(*, user: User, token: str, platform: str) -> tuple[DeviceToken, bool]:
    """
    Make `user` the only owner of a push token; return the device, and whether its token is new.

    A previous owner loses the token, because messages must not appear on another person's phone. If
    `user` now has more than `DEVICES_PER_USER` tokens, those registered least recently are deleted. The
    token is valid as long as the sign-in that registered it. Raise ImpersonationReadOnly. Raise
    InvalidToken if the account was deactivated or deleted after the request began.
    """
    ensure_may_write(user)
    if lock_account(user) is None:
        raise InvalidToken
    device, created = DeviceToken.objects.update_or_create(
        token=stored_form(token),
        defaults={"user": user, "platform": platform, "session": user.auth_session},
    )
    _forget_the_oldest(user)
    return device, created


def _forget_the_oldest(user: User) -> None:
    devices = DeviceToken.objects.filter(user=user).order_by("-updated_at", "-pk")
    if surplus := list(devices.values_list("pk", flat=True)[DEVICES_PER_USER:]):
        DeviceToken.objects.filter(pk__in=surplus).delete()


def forget_device(*, user: User, token: str) -> None:
    """Delete one of the user's push tokens; ignore unknown tokens. Raise ImpersonationReadOnly."""
    ensure_may_write(user)
    DeviceToken.objects.filter(user=user, token=stored_form(token)).delete()
