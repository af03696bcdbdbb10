from datetime import timedelta

from jobs.models import Job
from jobs.registry import job
from users.services import pruning
from users.services.accounts import mail_password_reset
from users.services.folding import fold_changed_names


@job("users.mail_password_reset", priority=Job.Priority.HIGH)
def mail_reset(*, email: str, language: str = "") -> None:
    """Email a link for setting a new password, if the address has an account."""
    mail_password_reset(email=email, language=language)


@job("users.prune_admin_sessions", every=timedelta(days=1), priority=Job.Priority.LOW)
def prune_admin_sessions() -> None:
    """Delete old sessions of the Django admin, and old entries of its log."""
    pruning.prune_admin()


@job("users.prune_sessions", every=timedelta(days=1), priority=Job.Priority.LOW)
def prune_sessions() -> None:
    """Delete old sign-ins and impersonations."""
    pruning.prune_sessions()


@job("users.fold_names", every=timedelta(minutes=5), priority=Job.Priority.LOW)
def fold_names() -> None:
    """Update what search and sorting use for people whose names changed without `User.save()`."""
    fold_changed_names()
