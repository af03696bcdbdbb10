from datetime import timedelta

from jobs.models import Job
from jobs.registry import job
from notifications.selectors import Delivery
from notifications.sender_loop import sender_loop
from notifications.services import attempts, mail_sweeping, mailing, pruning, sweeping

# The number of notifications that a process can send at the same time.
SENDING_THREADS = 50
# The number of emails about unread messages that a process can send at the same time.
MAILING_THREADS = 4
KINDS = ("notifications.sweep", "notifications.deliver")


@job(
    "notifications.sweep",
    every=sweeping.get_sweep_interval,
    priority=Job.Priority.HIGH,
    # The retries take almost five minutes, so a sweep is not given up when workers are killed or the
    # database restarts.
    retries=30,
    first_pause=timedelta(seconds=2),
    longest_pause=timedelta(seconds=10),
)
def sweep() -> None:
    """Queue notifications for messages that stayed unread."""
    sweeping.sweep()


@job(
    "notifications.deliver",
    retries=8,
    first_pause=timedelta(seconds=15),
    timeout=timedelta(minutes=1),
    threads=SENDING_THREADS,
    keep_done=False,
)
def deliver(*, conversation_id: int, recipient_id: int, device_id: int, up_to: int) -> None:
    """Notify a device of a conversation's unread messages whose `created_version` is at most `up_to`."""
    delivery = Delivery(conversation_id, recipient_id, device_id, up_to)
    if notification := attempts.prepare_notification(delivery):
        attempts.record_outcome(delivery, notification, sender_loop.send(notification))


@job(
    "notifications.mail_sweep",
    every=timedelta(minutes=1),
    retries=30,
    first_pause=timedelta(seconds=5),
    longest_pause=timedelta(minutes=1),
)
def mail_sweep() -> None:
    """Queue emails about messages that stayed unread for an hour or a day."""
    mail_sweeping.sweep_mails()


@job(
    "notifications.mail_unread",
    # Three days, because a mail server can be away over a weekend. What was read meanwhile is not sent.
    retries=76,
    first_pause=timedelta(minutes=1),
    longest_pause=timedelta(hours=1),
    timeout=timedelta(minutes=2),
    threads=MAILING_THREADS,
    keep_done=False,
)
def mail_unread(*, user_id: int) -> None:
    """Email a person about unread messages, if any are left."""
    mailing.mail_unread(user_id=user_id)


@job("notifications.prune", every=timedelta(days=1), priority=Job.Priority.LOW)
def prune() -> None:
    """Delete devices that were switched off long ago, and old outcomes of deliveries."""
    pruning.prune_devices()
    pruning.prune_deliveries()
