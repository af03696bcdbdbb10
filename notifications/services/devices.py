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
def register_device(
    *, user: User, token: str, platform: str, user_agent: str = ""
) -> tuple[DeviceToken, bool]:
    """
    Make `user` the only owner of a push token; return the device, and whether its token is new.

    A device that was switched off is switched on. A previous owner loses the token, because messages must
    not appear on another person's phone. The token is valid as long as the sign-in that registered it.
    If `user` now has more than `DEVICES_PER_USER` active devices, those registered least recently are
    deleted; the same limit applies to inactive ones, which do not count as active. Raise
    ImpersonationReadOnly. Raise InvalidToken if the account was deactivated or deleted after the request
    began.
    """
    ensure_may_write(user)
    if lock_account(user) is None:
        raise InvalidToken
    stored = stored_form(token)
    _forget_what_happened_to_others(user, stored)
    device, created = DeviceToken.objects.update_or_create(
        token=stored,
        defaults={
            "user": user,
            "platform": platform,
            "session": user.auth_session,
            "user_agent": user_agent,
            "is_active": True,
        },
    )
    _forget_the_oldest(user)
    return device, created


def _forget_what_happened_to_others(user: User, token: str) -> None:
    """If the token belongs to somebody else, clear the times and the reason of its last results."""
    others = DeviceToken.objects.filter(token=token).exclude(user=user)
    others.update(last_success_at=None, last_failure_at=None, last_failure="")


def _forget_the_oldest(user: User) -> None:
    devices = DeviceToken.objects.filter(user=user).order_by("-updated_at", "-pk")
    rows = list(devices.values_list("pk", "is_active"))
    active = [pk for pk, is_active in rows if is_active]
    inactive = [pk for pk, is_active in rows if not is_active]
    if surplus := active[DEVICES_PER_USER:] + inactive[DEVICES_PER_USER:]:
        DeviceToken.objects.filter(pk__in=surplus).delete()


def forget_device(*, user: User, token: str) -> None:
    """Delete one of the user's push tokens; ignore unknown tokens. Raise ImpersonationReadOnly."""
    ensure_may_write(user)
    DeviceToken.objects.filter(user=user, token=stored_form(token)).delete()
