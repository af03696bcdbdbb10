from datetime import timedelta

from jobs.models import Job
from jobs.registry import job
from privacy.services import erasing, exporting
from users.services.erasure import MessageChoice


@job("privacy.erase", retries=30, limit=2, timeout=timedelta(hours=6), keep_done=False)
def erase(*, user_id: int, email: str, picture: str, messages: str) -> None:
    """Erase a person, in batches."""
    choice = MessageChoice(messages)
    erasing.erase(user_id=user_id, email=email, picture=picture, messages=choice)


@job("privacy.export", limit=1, timeout=timedelta(hours=1), keep_done=False)
def export(*, export_id: int) -> None:
    """Write the zip file of a data export."""
    exporting.write_export(export_id=export_id)


@job("privacy.prune_exports", every=timedelta(hours=1), priority=Job.Priority.LOW)
def prune() -> None:
    """Delete data exports that have expired."""
    exporting.prune_exports()
