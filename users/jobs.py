from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore

from jobs.models import Job
from jobs.registry import job
from users.services.accounts import mail_password_reset


@job("users.mail_password_reset", priority=Job.Priority.HIGH)
def mail_reset(*, email: str) -> None:
    """E-mail a link that sets a new password, to an address that has an account."""
    mail_password_reset(email=email)


@job("users.prune_admin_sessions", every=timedelta(days=1), priority=Job.Priority.LOW)
def prune_admin_sessions() -> None:
    """Delete the admin's sessions that have expired; the record of people's sign-ins stays."""
    SessionStore.clear_expired()
