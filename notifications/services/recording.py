from collections.abc import Iterable

from notifications.models import MAX_REASON, DeliveryOutcome
from notifications.obstacles import Unreachable
from notifications.selectors import Delivery

Result = DeliveryOutcome.Result


def record_delivery(
    *, delivery: Delivery, result: DeliveryOutcome.Result, reason: str, attempt: int
) -> None:
    """Store how an attempt ended, for support. `reason` must contain neither the token nor a text."""
    DeliveryOutcome.objects.create(
        **vars(delivery), result=result, reason=reason[:MAX_REASON], attempt=attempt
    )


def record_unreachable(skipped: Iterable[tuple[Delivery, Unreachable]]) -> None:
    """Store that people could be notified on no device, and why."""
    DeliveryOutcome.objects.bulk_create(
        DeliveryOutcome(**vars(delivery), result=Result.SKIPPED, reason=device.obstacle, attempt=0)
        for delivery, device in skipped
    )
