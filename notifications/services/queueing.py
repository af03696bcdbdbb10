from collections.abc import Iterable

from jobs.services.enqueueing import Call, enqueue_many
from notifications.selectors import Delivery


def enqueue_deliveries(deliveries: Iterable[Delivery]) -> None:
    """
    Have each delivery made by a job; a conversation has one live job for each device.

    A job that waits, or runs, tells of the later messages too. After a failure it keeps the time of
    its retry, which the push service may have asked for.
    """
    calls = [
        Call(args=vars(each), key=f"{each.conversation_id}:{each.device_id}") for each in deliveries
    ]
    if calls:
        enqueue_many(kind="notifications.deliver", calls=calls)
