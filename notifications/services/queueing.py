from collections.abc import Iterable

from jobs.services.enqueueing import Call, enqueue_many
from notifications.selectors import Delivery


def enqueue_deliveries(deliveries: Iterable[Delivery]) -> None:
    """
    Enqueue a job per delivery; at most one per conversation and device is waiting or running.

    If there already is such a job, it is updated to cover the later messages too. A job
    that waits for a retry keeps the time of that retry, because the push service may have requested it.
    """
    calls = [
        Call(args=vars(each), key=f"{each.conversation_id}:{each.device_id}") for each in deliveries
    ]
    if calls:
        enqueue_many(kind="notifications.deliver", calls=calls)
