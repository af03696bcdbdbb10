from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from django.contrib.auth.models import BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from text.directions import isolated
from users.browsers import MAX_LENGTH
from users.changes import TracksChanges
from users.epoch import EpochQuerySet, EpochUser
from users.folded_names import FoldedNames
from users.name_field import NameField

# The first name of the placeholder that stands for a deleted account.
REMOVED_PERSON_NAME = "[removed]"


def normalize_email(email: str) -> str:
    """Return the stored form of an email address: trimmed and in lower case."""
    return email.strip().lower()


def picture_path(user: User, filename: str) -> str:
    """Return a random path for a picture, because the original name may contain private information."""
    return f"pictures/{user.pk}/{uuid.uuid4().hex}{Path(filename).suffix}"


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> EpochQuerySet[User]:
        return EpochQuerySet(self.model, using=self._db)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a user who signs in with `email`; by default a trainee."""
        if not email:
            raise ValueError("A user needs an email address.")
        user = self.model(email=normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create an admin who may do everything in the Django admin."""
        admin = {"role": User.Role.ADMIN, "is_staff": True, "is_superuser": True}
        return self.create_user(email, password, **{**admin, **fields})

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user with this email address, ignoring case."""
        return self.get(email=normalize_email(username or ""))


class User(FoldedNames, TracksChanges, EpochUser, PermissionsMixin):
    """A person who signs in with an email address: an admin, a trainer or a trainee."""

    class Role(models.TextChoices):
        ADMIN = "ADMIN"
        TRAINER = "TRAINER"
        TRAINEE = "TRAINEE"

    email = models.EmailField(max_length=254, unique=True)
    role = models.CharField(max_length=7, choices=Role.choices, default=Role.TRAINEE)
    parent_trainer = models.ForeignKey(
        "self",
        verbose_name=_("trainer"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="trainees",
    )
    first_name = NameField(max_length=150, blank=True)
    last_name = NameField(max_length=150, blank=True)
    business_name = NameField(max_length=200, blank=True)
    phone_number = NameField(max_length=32, blank=True)
    profile_image = models.ImageField(upload_to=picture_path, blank=True)
    # The code of a language that the user has chosen; empty if their browser decides.
    language = models.CharField(max_length=10, blank=True, default="", db_default="")
    # The language of the browser or app of the last sign-in; see users.languages.
    device_language = models.CharField(max_length=10, default="", db_default="", editable=False)
    onboarding_completed = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # Set when the erasure of the person begins. The row then has no personal data left. A job deletes
    # it, once nothing refers to it.
    erased_at = models.DateTimeField(null=True, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    # Set by authentication for one request or socket; never stored.
    auth_session: AuthSession | None = None
    is_impersonated: bool = False

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="users_user_email_is_lower_case"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["ADMIN", "TRAINER", "TRAINEE"]), name="users_user_role_valid"
            ),
            models.CheckConstraint(
                condition=Q(parent_trainer__isnull=True) | Q(role="TRAINEE"),
                name="users_user_only_trainees_have_a_trainer",
            ),
        )
        indexes = (models.Index(fields=["parent_trainer", "id"], name="users_user_trainer_idx"),)

    def __str__(self) -> str:
        return f"{isolated(self.get_full_name())} <{self.email}>".strip()

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """Normalize an email address typed in the admin. Django's `clean()` calls this."""
        return normalize_email(super().normalize_username(username))

    def save(self, **options: Any) -> None:
        """Save the user. A new trainee gets `onboarding_completed`, because trainees have no onboarding."""
        if self._state.adding and self.role == self.Role.TRAINEE:
            self.onboarding_completed = True
        super().save(**options)

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def name_in_sentence(self) -> str:
        """Return the full name or else the email address, isolated: the sentence keeps its direction."""
        return isolated(self.get_full_name()) or self.email

    @property
    def is_trainer(self) -> bool:
        return self.role == self.Role.TRAINER

    @property
    def current_trainer(self) -> User | None:
        """Return the trainer; None if there is none, or if the trainer's account is being erased."""
        trainer = self.parent_trainer
        return None if trainer is None or trainer.erased_at else trainer

    @property
    def has_completed_onboarding(self) -> bool:
        """
        Return whether the user has completed onboarding; always True for trainees.

        An existing client locks out users for whom this is False. Trainees cannot complete onboarding,
        so they would stay locked out.
        """
        return self.role == self.Role.TRAINEE or self.onboarding_completed


class AuthSessionQuerySet(models.QuerySet["AuthSession"]):
    def alive(self) -> AuthSessionQuerySet:
        """
        Return valid sessions: sessions that have not ended or expired, and whose user still has access.

        During an impersonation, the impersonator must still have access too.
        """
        same_impersonator_epoch = Q(impersonator_epoch=F("impersonator__access_epoch"))
        return self.filter(
            Q(kind=AuthSession.Kind.SIGN_IN)
            | Q(impersonator__is_active=True) & same_impersonator_epoch,
            ended_at__isnull=True,
            expires_at__gt=timezone.now(),
            user__is_active=True,
            user_epoch=F("user__access_epoch"),
        )

    def outdated(self) -> AuthSessionQuerySet:
        """Return sessions that store an outdated access epoch of the user or of the impersonator."""
        return self.exclude(
            Q(impersonator__isnull=True) | Q(impersonator_epoch=F("impersonator__access_epoch")),
            user_epoch=F("user__access_epoch"),
        )

    def of_or_by(self, user: User) -> AuthSessionQuerySet:
        """Return sign-ins of `user`, impersonations of `user`, and impersonations by `user`."""
        return self.filter(Q(user=user) | Q(impersonator=user))


class AuthSession(models.Model):
    """
    A sign-in or an impersonation.

    Each token contains its session's id, so ending the session revokes all its tokens. A session is also
    invalid once the access epoch of its user or impersonator has changed. The email addresses are
    copied, so that the record of impersonations outlives the accounts.
    """

    class Kind(models.TextChoices):
        SIGN_IN = "SIGN_IN"
        IMPERSONATION = "IMPERSONATION"

    kind = models.CharField(max_length=13, choices=Kind.choices, default=Kind.SIGN_IN)
    user = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="auth_sessions"
    )
    user_email = models.EmailField()
    impersonator = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="impersonations"
    )
    user_epoch = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    impersonator_email = models.EmailField(blank=True)
    impersonator_epoch = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # When, from where and with what tokens were last issued: at the start, and at each refresh. In an
    # impersonation, the impersonator's. NULL and empty: unknown.
    last_used_at = models.DateTimeField("last use", null=True, editable=False)
    address = models.GenericIPAddressField("network address", null=True, editable=False)
    user_agent = models.CharField(max_length=MAX_LENGTH, default="", db_default="", editable=False)

    objects = AuthSessionQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="IMPERSONATION") | Q(impersonator__isnull=True),
                name="users_authsession_impersonator_only_when_impersonating",
            ),
        )

    def __str__(self) -> str:
        if self.is_impersonation:
            return f"{self.impersonator_email} as {self.user_email}"
        return self.user_email

    @property
    def is_impersonation(self) -> bool:
        return self.kind == self.Kind.IMPERSONATION


class ImpersonationSession(AuthSession):
    """Sessions that are impersonations, for the admin."""

    class Meta:
        proxy = True


class ImpersonationView(models.Model):
    """A request made, or a socket opened, during an impersonation. Stored before the response."""

    session = models.ForeignKey(AuthSession, on_delete=models.PROTECT, related_name="views")
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=500)
    viewed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
