from datetime import timedelta

from jobs.models import Job
from jobs.registry import job
from notifications.selectors import Delivery
from notifications.sender_loop import sender_loop
from notifications.services import delivering, sweeping

# How many notifications one process sends at a time.
SENDING_THREADS = 50
KINDS = ("notifications.sweep", "notifications.deliver")


@job(
    "notifications.sweep",
    every=sweeping.get_sweep_interval,
    priority=Job.Priority.HIGH,
    retries=3,
    first_pause=timedelta(seconds=2),
)
def sweep() -> None:
    """Queue notifications of messages that stayed unread."""
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
    """Notify a device of unread messages, up to the one with this `created_version`."""
    delivery = Delivery(conversation_id, recipient_id, device_id, up_to)
    if notification := delivering.prepare_notification(delivery):
        delivering.record_outcome(notification, sender_loop.send(notification))
