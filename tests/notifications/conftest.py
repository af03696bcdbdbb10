from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from jobs.models import Job
from messaging.models import Message
from notifications.models import PushCursor, PushDelivery
from tests.notifications.push_service import PushService, running_push_service
from tests.notifications.service import Browser

MakeBrowser = Callable[[str], Browser]
Later = Callable[[float], None]


@pytest.fixture
def service(settings: Any) -> Iterator[PushService]:
    with running_push_service() as running:
        settings.PUSH_PRIVATE_HOSTS = [running.host]
        yield running


@pytest.fixture
def make_browser(service: PushService) -> MakeBrowser:
    return lambda name: Browser(service, name)


@pytest.fixture
def cursor(db: None) -> PushCursor:
    """The cursor of the sweep, set back to the start, whatever other tests have left."""
    cursor, _ = PushCursor.objects.update_or_create(
        pk=PushCursor.ONLY, defaults={"scanned_up_to": 0, "rescanned_up_to": 0}
    )
    return cursor


@pytest.fixture
def later() -> Later:
    """Return a function that makes all messages, deliveries and jobs some seconds older."""

    def pass_time(seconds: float) -> None:
        for message in Message.objects.all():
            message.created_at -= timedelta(seconds=seconds)
            message.save(update_fields=["created_at"])
        for delivery in PushDelivery.objects.all():
            delivery.due_at -= timedelta(seconds=seconds)
            delivery.save(update_fields=["due_at"])
        Job.objects.live().update(due_at=F("due_at") - timedelta(seconds=seconds))

    return pass_time
