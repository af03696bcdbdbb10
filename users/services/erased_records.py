"""Deletes what `users` and Django store about an erased person, in batches."""

from datetime import datetime

from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Q

from db.batches import BATCH, delete_in_batches
from jobs.models import Job
from users.models import REMOVED_PERSON_NAME, AuthSession, ImpersonationView, User


def erase_records(*, user_id: int, email: str, before: datetime) -> None:
    """
    Delete a person's sessions, the record of impersonations of them, and the admin's log about them.

    The record of their own impersonations of others stays, because it belongs to those people, but
    without the person's email address, network address and browser. Of the admin's log about the person,
    only the deletion stays, without a name. Password resets requested for `email` after the time `before`
    stay.
    """
    resets = Job.objects.filter(kind="users.mail_password_reset", args__email=email)
    delete_in_batches(resets.filter(created_at__lte=before))
    # Mail servers repeat the address in their errors.
    Job.objects.filter(last_error__contains=email).update(last_error="")
    delete_in_batches(ImpersonationView.objects.filter(session__user=user_id))
    delete_in_batches(AuthSession.objects.filter(user=user_id))
    _hide_impersonator(user_id)
    _erase_log(user_id)
    _erase_admin_sign_ins(user_id)


def _hide_impersonator(user_id: int) -> None:
    by_person = AuthSession.objects.filter(impersonator=user_id).values_list("pk", flat=True)
    while ids := list(by_person[:BATCH]):
        AuthSession.objects.filter(pk__in=ids).update(
            impersonator=None,
            impersonator_email=REMOVED_PERSON_NAME,
            address=None,
            user_agent="",
        )


def _erase_log(user_id: int) -> None:
    """Delete log entries by or about the person; keep that somebody else deleted the account."""
    models = ContentType.objects.get_for_models(
        User, *User.__subclasses__(), for_concrete_models=False
    )
    about = Q(content_type__in=models.values(), object_id=str(user_id))
    delete_in_batches(LogEntry.objects.filter(Q(user=user_id) | about & ~Q(action_flag=DELETION)))
    LogEntry.objects.filter(about).update(object_repr=REMOVED_PERSON_NAME, change_message="")


def _erase_admin_sign_ins(user_id: int) -> None:
    """Delete the person's sessions of the Django admin, whose data is encoded."""
    after = ""
    sessions = Session.objects.order_by("pk")
    while some := list(sessions.filter(pk__gt=after)[:BATCH]):
        own = [each.pk for each in some if each.get_decoded().get("_auth_user_id") == str(user_id)]
        Session.objects.filter(pk__in=own).delete()
        after = some[-1].pk
