"""
The second factor of staff: codes of an authenticator app (TOTP), and recovery codes.

django-otp stores the app's secret, accepts each code once, and makes each wrong code delay the next
attempt: 1 s, 2 s, 4 s and so on. Recovery codes are stored as HMACs with `SECRET_KEY`.
"""

import logging
from secrets import choice

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.utils.crypto import salted_hmac
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from users.models import User

logger = logging.getLogger(__name__)

RECOVERY_CODES = 10
# Without characters that look alike. Ten of them have 49 bits.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH = 10
HASH_LENGTH = 16  # the length of django-otp's column
DEVICE_NAME = "admin"


def has_second_factor(user: User) -> bool:
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def prepare_enrolment(*, user: User) -> TOTPDevice:
    """Return the app's secret that the user has not confirmed yet; create one if there is none."""
    device: TOTPDevice
    device, _ = TOTPDevice.objects.get_or_create(user=user, confirmed=False, name=DEVICE_NAME)
    return device


@transaction.atomic
def confirm_enrolment(*, user: User, code: str) -> tuple[TOTPDevice, list[str]] | None:
    """
    Confirm the prepared secret with a code; return the device and new recovery codes.

    Return None if the code is wrong, or if the user already has a second factor.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    if device is None or has_second_factor(user) or not device.verify_token(_plain(code)):
        return None
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    return device, _replace_recovery_codes(user)


@transaction.atomic
def verify_code(*, user: User, code: str) -> Device | None:
    """
    Return the device whose code this is: the app, or the recovery codes; None if there is none.

    A code is valid once. Recovery codes have ten characters, and the app's have six digits.
    """
    code = _plain(code)
    if len(code) == CODE_LENGTH:
        model, code = StaticDevice, _digest(user, code)
    else:
        model = TOTPDevice
    device: Device | None
    device = model.objects.select_for_update().filter(user=user, confirmed=True).first()
    if device is None or not device.verify_token(code):
        logger.warning("A wrong second factor of user %s", user.pk)
        return None
    return device


@transaction.atomic
def reset_second_factor(*, user: User, by: User | None) -> bool:
    """
    Delete a user's second factor, so that they set it up again; return whether there was one.

    The admin's log says who did it. Sessions of the admin that the old device confirmed end.
    """
    _, rows = TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    if by is not None:
        LogEntry.objects.log_actions(
            by.pk, [user], CHANGE, "Two-factor sign-in reset", single_object=True
        )
    return bool(rows)


def _replace_recovery_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name=DEVICE_NAME)
    codes = ["".join(choice(ALPHABET) for _ in range(CODE_LENGTH)) for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(
        StaticToken(device=device, token=_digest(user, code)) for code in codes
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _plain(code: str) -> str:
    """Return a typed code without the spaces and hyphens between its groups."""
    return code.strip().lower().replace(" ", "").replace("-", "")


def _digest(user: User, code: str) -> str:
    digest = salted_hmac("recovery code", f"{user.pk}:{code}", algorithm="sha256")
    return digest.hexdigest()[:HASH_LENGTH]
