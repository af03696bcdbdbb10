"""Deletes rows that are no longer in use, in batches. A setting of 0 keeps them for ever."""

from datetime import timedelta

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models.functions import Coalesce
from django.utils import timezone

from db.batches import BATCH, delete_in_batches
from users.models import AuthSession, AuthSessionQuerySet, ImpersonationView


def prune_sessions() -> None:
    """
    Delete sessions that ended or expired long ago, with what belongs to them.

    Devices of a sign-in, which get no notifications any more, are deleted with it. The record of requests
    is deleted with its impersonation. The settings are `KEEP_SIGN_INS` and `KEEP_IMPERSONATIONS`.
    """
    if keep := settings.KEEP_SIGN_INS:
        delete_in_batches(_list_ended(AuthSession.Kind.SIGN_IN, keep))
    if keep := settings.KEEP_IMPERSONATIONS:
        ended = _list_ended(AuthSession.Kind.IMPERSONATION, keep)
        delete_in_batches(ImpersonationView.objects.filter(session__in=ended))
        delete_in_batches(ended)


def _list_ended(kind: AuthSession.Kind, keep: timedelta) -> AuthSessionQuerySet:
    sessions = AuthSession.objects.alias(over=Coalesce("ended_at", "expires_at"))
    return sessions.filter(kind=kind, over__lt=timezone.now() - keep)


def prune_admin() -> None:
    """
    Delete expired sessions of the Django admin, and old entries of its log.

    The settings are `KEEP_ADMIN_SIGN_INS` and `KEEP_ADMIN_LOG`.
    """
    if keep := settings.KEEP_ADMIN_SIGN_INS:
        expired = Session.objects.filter(expire_date__lt=timezone.now() - keep)
        while keys := list(expired.values_list("pk", flat=True)[:BATCH]):
            expired.filter(pk__in=keys).delete()
    if keep := settings.KEEP_ADMIN_LOG:
        delete_in_batches(LogEntry.objects.filter(action_time__lt=timezone.now() - keep))
