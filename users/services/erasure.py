"""
Begins the erasure of a person: access ends and the personal data of the account go at once.

Everything else that refers to the person is changed or deleted by the job `privacy.erase`, in batches.
Meanwhile the account's row stays, without personal data, and `erased_at` makes the API show the
placeholder of deleted accounts.
"""

import logging
from enum import StrEnum

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from api.exceptions import FieldInvalid
from jobs.services.enqueueing import enqueue
from users.events import announce_access_changed
from users.exceptions import InvalidToken
from users.impersonation import ensure_may_write
from users.locking import lock_account
from users.models import REMOVED_PERSON_NAME, AuthSession, User
from users.passwords import check_password
from users.services.sessions import end_sessions

logger = logging.getLogger(__name__)


class MessageChoice(StrEnum):
    """What happens to an erased person's messages: kept under a placeholder, or their texts erased."""

    KEEP = "keep"
    ERASE = "erase"


def erase_own_account(*, user: User, password: str, messages: MessageChoice) -> None:
    """
    Begin the erasure of a user's own account.

    Raise ImpersonationReadOnly, or FieldInvalid if the password is wrong. Raise InvalidToken if the
    account was deactivated or erased after the request began. The password is checked before the row is
    locked, because hashing takes about 0.3 s.
    """
    ensure_may_write(user)
    known = User.objects.filter(pk=user.pk, is_active=True).first()
    if known is None:
        raise InvalidToken
    if not check_password(password, known.password):
        raise FieldInvalid("password", _("This is not your current password."))
    _begin_own(known, messages)


@transaction.atomic
def _begin_own(known: User, messages: MessageChoice) -> None:
    locked = lock_account(known)
    if locked is None or locked.access_epoch != known.access_epoch:
        raise InvalidToken
    begin_erasure(locked=locked, messages=messages, origin="by the person")


def begin_erasure(*, locked: User, messages: MessageChoice, origin: str) -> None:
    """
    End a person's access, remove the personal data of the account, and enqueue the rest of the erasure.

    The caller has locked the account's row, in the current transaction. Do nothing if the erasure has
    begun before. `origin` is for the log: who asked for the erasure.
    """
    if locked.erased_at:
        return
    email, picture = locked.email, locked.profile_image.name or ""
    end_sessions(AuthSession.objects.of_or_by(locked))
    _remove_personal_data(locked.pk)
    announce_access_changed(locked.pk)
    enqueue(
        kind="privacy.erase",
        args={
            "user_id": locked.pk,
            "email": email,
            "picture": picture,
            "messages": messages.value,
        },
        key=str(locked.pk),
    )
    logger.info("The erasure of account %s begins, %s; messages: %s.", locked.pk, origin, messages)


def _remove_personal_data(pk: int) -> None:
    """Remove personal data, rights and access from an account. The update increases the access epoch."""
    User.objects.filter(pk=pk).update(
        email=f"removed-{pk}@removed.invalid",
        password=make_password(None),
        first_name=REMOVED_PERSON_NAME,
        last_name="",
        search_text="",
        sort_key=b"",
        folded_from="",
        business_name="",
        phone_number="",
        profile_image="",
        language="",
        device_language="",
        last_login=None,
        parent_trainer=None,
        is_active=False,
        is_staff=False,
        is_superuser=False,
        erased_at=timezone.now(),
    )
