"""How a delivery ends after each response of the push service."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs.models import Job
from messaging.models import Conversation
from messaging.services.reading import mark_read
from notifications.contents import get_notification
from notifications.jobs import deliver
from notifications.models import DeviceToken
from notifications.outcomes import Outcome, Verdict
from notifications.selectors import Delivery
from notifications.services.attempts import LONGEST_PAUSE_SECONDS
from notifications.services.sweeping import sweep
from tests.factories import write
from tests.failing import failing_quietly_at
from tests.messaging.crowd import make_crowd
from tests.notifications.conftest import Later, MakeBrowser
from tests.notifications.running import DELIVER, Run, begin, end, live
from users.models import User

AWAY = Outcome(Verdict.LATER, "HTTP 503")
ATTEMPTS = 9
# Retry pauses are randomly shortened or lengthened by up to a quarter.
JITTER = 0.25


@pytest.fixture
def run(
    cursor: None, conversation: Conversation, bob: User, make_browser: MakeBrowser, later: Later
) -> Run:
    """A delivery to Bob's browser; the delivery has begun."""
    make_browser("bob").belongs_to(bob)
    later(6)
    sweep()
    (run,) = begin()
    return run


def seconds_until_due() -> float:
    due_at = live().get().due_at
    assert due_at
    return (due_at - timezone.now()) / timedelta(seconds=1)


@pytest.mark.django_db(transaction=True)
def test_delivery_holds_no_database_connection_while_it_is_sent(run: Run) -> None:
    assert connection.connection is None


def test_job_sends_a_notification_only_while_something_is_unread(
    cursor: None, conversation: Conversation, bob: User, make_browser: MakeBrowser, later: Later
) -> None:
    browser = make_browser("bob")
    browser.belongs_to(bob)
    later(6)
    sweep()
    args = live().get().args

    deliver(**args)
    mark_read(reader=bob, conversation_id=conversation.pk)
    deliver(**args)

    assert [each["conversation_id"] for each in browser.shown()] == [conversation.pk]


def record_of_device() -> tuple[bool, bool, bool, str]:
    """Return whether the device is active, whether it has a success and a failure, and the reason."""
    device = DeviceToken.objects.get()
    succeeded, failed = device.last_success_at is not None, device.last_failure_at is not None
    return device.is_active, succeeded, failed, device.last_failure


def test_delivered_notification_leaves_no_job(run: Run) -> None:
    end(run)

    assert not Job.objects.filter(kind=DELIVER).exists()
    assert record_of_device() == (True, True, False, "")


def test_refused_delivery_is_given_up_visibly_and_keeps_the_device(run: Run) -> None:
    end(run, Outcome(Verdict.REFUSED, "HTTP 403"))

    row = Job.objects.get(kind=DELIVER)
    assert (row.state, row.last_error) == ("failed", "HTTP 403")
    assert record_of_device() == (True, False, True, "HTTP 403")


def test_device_reported_as_gone_is_switched_off(run: Run) -> None:
    end(run, Outcome(Verdict.GONE, "HTTP 410"))

    assert record_of_device() == (False, False, True, "HTTP 410")
    assert not Job.objects.filter(kind=DELIVER).exists()


def test_failure_for_now_is_stored_at_the_device(run: Run, later: Later) -> None:
    end(run, Outcome(Verdict.LATER, "HTTP 503" + "x" * 200))
    assert record_of_device() == (True, False, True, "HTTP 503" + "x" * 92)

    later(100)
    (again,) = begin()
    end(again)
    assert record_of_device()[:3] == (True, True, True)


def test_device_with_a_newer_endpoint_is_kept(run: Run) -> None:
    DeviceToken.objects.update(token="another")

    end(run, Outcome(Verdict.GONE, "HTTP 410"))

    assert record_of_device() == (True, False, False, "")


@pytest.mark.django_db(transaction=True)
def test_sent_notification_is_not_sent_again_if_the_database_fails(run: Run) -> None:
    with failing_quietly_at('UPDATE "users_devicetoken"'):
        end(run)

    assert not live().exists()


def test_failure_of_the_database_within_a_transaction_keeps_the_connection(run: Run) -> None:
    with failing_quietly_at('UPDATE "users_devicetoken"'):
        end(run)

    assert not live().exists()


def test_failure_is_retried_with_growing_pauses(run: Run, later: Later) -> None:
    pauses = []
    for _ in range(3):
        end(run, AWAY)
        pauses.append(seconds_until_due())
        later(pauses[-1] + 1)
        (run,) = begin()

    assert pauses == [pytest.approx(pause, rel=JITTER + 0.1) for pause in (15, 30, 60)]


@pytest.mark.parametrize(("asked", "pause"), [(120, 120), (1, 15), (10**9, LONGEST_PAUSE_SECONDS)])
def test_push_service_can_set_a_longer_pause(run: Run, asked: int, pause: int) -> None:
    end(run, Outcome(Verdict.LATER, "HTTP 429", retry_after=asked))

    assert seconds_until_due() == pytest.approx(pause, rel=JITTER + 0.1)
    assert live().get().last_error == "HTTP 429"


def test_failing_delivery_is_given_up_after_an_hour(run: Run, later: Later) -> None:
    attempts, seconds = 0, 0.0
    while live().exists():
        end(run, AWAY)
        attempts += 1
        if live().exists():
            seconds += seconds_until_due()
            later(LONGEST_PAUSE_SECONDS * 2)
            (run,) = begin()

    row = Job.objects.get(kind=DELIVER)
    assert (attempts, row.state, row.last_error) == (ATTEMPTS, "failed", "HTTP 503")
    assert 3825 * (1 - JITTER) - 60 < seconds < 3825 * (1 + JITTER) + 60


def test_message_sent_during_a_delivery_is_notified_afterwards(
    run: Run, conversation: Conversation, alice: User, later: Later
) -> None:
    write(alice, conversation, "And one more")
    later(6)
    sweep()
    assert begin() == []

    end(run)

    (again,) = begin()
    assert (again.notification.body, again.claim.attempt) == ("2 new messages", 1)


def test_message_sent_while_a_delivery_waits_extends_it(
    run: Run, conversation: Conversation, alice: User, later: Later
) -> None:
    end(run, AWAY)
    write(alice, conversation, "And one more")
    later(6)
    sweep()
    later(100)

    (again,) = begin()
    assert (again.notification.body, live().count()) == ("2 new messages", 1)


def test_requested_pause_applies_to_later_messages_too(
    run: Run, conversation: Conversation, alice: User, later: Later
) -> None:
    end(run, Outcome(Verdict.LATER, "HTTP 429", retry_after=300))
    write(alice, conversation, "And one more")
    later(6)
    sweep()
    assert begin() == []

    later(300)
    assert [each.notification.body for each in begin()] == ["2 new messages"]


def test_message_read_before_the_retry_is_not_notified(
    run: Run, conversation: Conversation, bob: User, later: Later
) -> None:
    end(run, AWAY)
    mark_read(reader=bob, conversation_id=conversation.pk)
    later(100)

    assert begin() == []
    assert not live().exists()


def test_notification_makes_the_same_queries_with_1_and_30_conversations(
    alice: User, make_browser: MakeBrowser
) -> None:
    device = make_browser("alice").belongs_to(alice)
    counts = []
    for size in (1, 29):
        conversation = make_crowd(alice, size)[0]
        with CaptureQueriesContext(connection) as captured:
            assert get_notification(Delivery(conversation.pk, alice.pk, device.pk, 10))
        counts.append(len(captured))

    assert counts == [4, 4]
