from jobs.models import Job
from jobs.registry import job
from trainer.services.invitations import mail_invitation


@job("trainer.mail_invitation", priority=Job.Priority.HIGH, retries=12)
def mail(*, invitation_id: int) -> None:
    """Email the link of a pending invitation."""
    mail_invitation(invitation_id=invitation_id)
