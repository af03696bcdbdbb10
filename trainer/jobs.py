from datetime import timedelta

from jobs.models import Job
from jobs.registry import job
from trainer.services.invitations import mail_invitation
from trainer.services.pruning import prune_invitations


@job("trainer.mail_invitation", priority=Job.Priority.HIGH, retries=12)
def mail(*, invitation_id: int, language: str = "") -> None:
    """Email the link of a pending invitation."""
    mail_invitation(invitation_id=invitation_id, language=language)


@job("trainer.prune_invitations", every=timedelta(days=1), priority=Job.Priority.LOW)
def prune() -> None:
    """Delete invitations that were accepted, or have expired, long ago."""
    prune_invitations()
