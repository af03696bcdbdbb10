"""
The access epoch: an integer of each user, which increases with each change that must end access.

Sessions, impersonations, reset links, invitations and admin sign-ins store the epoch as of their creation,
and are valid only while the user's epoch is the same. The session in which a user changes their own
password stores the new epoch, and so stays valid. Impersonations also store the impersonator's epoch,
which must be the same too. The UPDATE statement that stores a change compares the new values with those
in the database, and increases the epoch. So a change is noticed even if the model instance is stale.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.base import ModelBase
from django.db.models.expressions import CombinedExpression
from django.utils.crypto import salted_hmac

from users.passwords import check_password, normalize_password

M = TypeVar("M", bound=models.Model)

# Access ends when one of these becomes false, and when the password or the role changes.
_GRANTS = frozenset({"is_active", "is_staff", "is_superuser"})
WATCHED = _GRANTS | {"password", "role"}


def next_epoch(changes: Mapping[str, Any]) -> CombinedExpression:
    """Return `access_epoch`, plus 1 if `changes` end access. Pass one or more fields of `WATCHED`."""
    ending = Q()
    for name, value in changes.items():
        differs = ~Q(**{name: value})
        ending |= Q(**{name: True}) & differs if name in _GRANTS else differs
    grown = Case(When(ending, then=Value(1)), default=Value(0), output_field=models.IntegerField())
    return F("access_epoch") + grown


class EpochQuerySet(models.QuerySet[M]):
    def update(self, **changes: Any) -> int:
        """Update the rows, and increase the epoch of each user whose access this ends."""
        watched = {name: changes[name] for name in WATCHED & changes.keys()}
        if watched:
            changes = {"access_epoch": next_epoch(watched), **changes}
        return super().update(**changes)

    update.alters_data = True  # type: ignore[attr-defined]  # not callable in templates


class EpochUser(AbstractBaseUser):
    """A user model with an epoch: an integer that increases with each change that must end access."""

    # The database default is for processes of the previous release, which do not set the column.
    access_epoch = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        abstract = True

    def save(
        self,
        *,
        force_insert: bool | tuple[ModelBase, ...] = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        """
        Save the user, and increase the epoch if the change must end access.

        `WATCHED` lists the fields whose changes may end access. If the row has been deleted, saving one of
        these fields raises DatabaseError, as `force_update` does.
        """
        names = None if update_fields is None else frozenset(update_fields)
        loaded = WATCHED & vars(self).keys()
        watched = loaded if names is None else loaded & names
        if self._state.adding or self.pk is None or force_insert or not watched:
            super().save(
                force_insert=force_insert,
                force_update=force_update,
                using=using,
                update_fields=names,
            )
        else:
            self._save_watched(watched, using, names)

    def _save_watched(
        self, watched: Iterable[str], using: str | None, names: frozenset[str] | None
    ) -> None:
        self.access_epoch = next_epoch({name: getattr(self, name) for name in watched})
        names = names and names | {"access_epoch"}
        try:
            super().save(force_update=True, using=using, update_fields=names)
        finally:
            del self.access_epoch  # the value is still the SQL expression
        self.refresh_from_db(using=using, fields=["access_epoch"])

    def set_password(self, raw_password: str | None) -> None:
        """
        Hash the password's normalized form.

        For an unknown address, Django's backend hashes the password for an empty user, so that the
        response takes as long as for a known one. `check_password` may hash twice, so this does too.
        """
        normal = None if raw_password is None else normalize_password(raw_password)
        if normal != raw_password and not self.get_username():
            make_password(raw_password)
        super().set_password(normal)

    def check_password(self, raw_password: str | None) -> bool:
        """
        Return whether the password is correct. If so, rehash it if the hasher or its settings have changed.

        Django's own method stores the new hash with `save()`. In this model, `save()` would end every
        session. It could also overwrite a password that was set in the meantime.
        """
        return check_password(raw_password, self.password, self._store_better_hash)

    async def acheck_password(self, raw_password: str | None) -> bool:
        return await sync_to_async(self.check_password)(raw_password)

    def _store_better_hash(self, raw_password: str) -> None:
        verified = self.password
        self.password = make_password(normalize_password(raw_password))
        unchanged = type(self)._default_manager.filter(pk=self.pk, password=verified)
        unchanged.update(password=self.password, access_epoch=F("access_epoch"))

    def get_session_auth_hash(self) -> str:
        """Sign `access_epoch` instead of the password. An admin sign-in ends when this value changes."""
        return self._sign_epoch(settings.SECRET_KEY)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return (self._sign_epoch(secret) for secret in settings.SECRET_KEY_FALLBACKS)

    def _sign_epoch(self, secret: str | bytes) -> str:
        value = f"{self.pk} {self.access_epoch}"
        return salted_hmac("users.epoch", value, secret=secret, algorithm="sha256").hexdigest()
