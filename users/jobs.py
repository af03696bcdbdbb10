from jobs.models import Job
from jobs.registry import job
from users.services.accounts import mail_password_reset


@job("users.mail_password_reset", priority=Job.Priority.HIGH)
def mail_reset(*, email: str) -> None:
    """E-mail a link that sets a new password, to an address that has an account."""
    mail_password_reset(email=email)
