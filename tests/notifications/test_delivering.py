"""What becomes of a notification, by what the push service says."""

from datetime import timedelta

import pytest
from django.utils import timezone

from messaging.models import Conversation
from notifications.models import DeviceToken, PushDelivery
from notifications.outcomes import DELIVERED, Outcome, Verdict
from notifications.selectors import Notification
from notifications.services.delivering import (
    CLAIM_SECONDS,
    LONGEST_PAUSE_SECONDS,
    MAX_ATTEMPTS,
    claim_notifications,
    record_outcome,
)
from notifications.services.sweeping import sweep
from tests.factories import write
from tests.notifications.conftest import Later, MakeBrowser
from users.models import User

AWAY = Outcome(Verdict.LATER, "HTTP 503")


@pytest.fixture
def notification(
    cursor: None, conversation: Conversation, bob: User, make_browser: MakeBrowser, later: Later
) -> Notification:
    """What is about to be sent to Bob's browser, claimed."""
    make_browser("bob").belongs_to(bob)
    later(6)
    sweep()
    (notification,) = claim_notifications(100)
    return notification


def seconds_until_due() -> float:
    return (PushDelivery.objects.get().due_at - timezone.now()) / timedelta(seconds=1)


def test_claimed_is_nobody_elses_until_the_claim_runs_out(
    notification: Notification, later: Later
) -> None:
    assert claim_notifications(100) == []

    later(CLAIM_SECONDS)
    (again,) = claim_notifications(100)
    assert (again.delivery_id, again.attempts) == (notification.delivery_id, 2)


def test_what_is_in_flight_here_is_not_claimed_again(
    notification: Notification, later: Later
) -> None:
    later(CLAIM_SECONDS)

    assert claim_notifications(100, in_flight=[notification.delivery_id]) == []


def test_delivered_is_over(notification: Notification) -> None:
    record_outcome(notification, DELIVERED)

    assert not PushDelivery.objects.exists()
    assert DeviceToken.objects.exists()


def test_refused_is_over_and_keeps_the_device(notification: Notification) -> None:
    record_outcome(notification, Outcome(Verdict.REFUSED, "HTTP 403"))

    assert not PushDelivery.objects.exists()
    assert DeviceToken.objects.exists()


def test_dead_device_is_forgotten(notification: Notification) -> None:
    record_outcome(notification, Outcome(Verdict.GONE, "HTTP 410"))

    assert not DeviceToken.objects.exists()
    assert not PushDelivery.objects.exists()


def test_device_with_a_new_address_meanwhile_is_kept(notification: Notification) -> None:
    DeviceToken.objects.update(token="another")

    record_outcome(notification, Outcome(Verdict.GONE, "HTTP 410"))

    assert DeviceToken.objects.exists()


def test_failure_is_put_off_for_longer_each_time(notification: Notification, later: Later) -> None:
    pauses = []
    for _ in range(3):
        record_outcome(notification, AWAY)
        pauses.append(round(seconds_until_due()))
        later(pauses[-1] + 1)
        (notification,) = claim_notifications(100)

    assert pauses == [15, 30, 60]
    assert PushDelivery.objects.get().last_failure == "HTTP 503"


@pytest.mark.parametrize(("asked", "pause"), [(120, 120), (1, 15), (10**9, LONGEST_PAUSE_SECONDS)])
def test_push_service_may_ask_for_a_longer_pause(
    notification: Notification, asked: int, pause: int
) -> None:
    record_outcome(notification, Outcome(Verdict.LATER, "HTTP 429", retry_after=asked))

    assert round(seconds_until_due()) == pause


def test_failing_is_given_up_in_the_end(notification: Notification, later: Later) -> None:
    attempts = 0
    while PushDelivery.objects.exists():
        record_outcome(notification, AWAY)
        attempts += 1
        later(LONGEST_PAUSE_SECONDS + 1)
        if claimed := claim_notifications(100):
            (notification,) = claimed

    assert attempts == MAX_ATTEMPTS


def test_what_came_while_it_was_sent_is_told_afterwards(
    notification: Notification, conversation: Conversation, alice: User, later: Later
) -> None:
    write(alice, conversation, "And one more")
    later(6)
    sweep()
    assert claim_notifications(100) == []

    record_outcome(notification, DELIVERED)

    (again,) = claim_notifications(100)
    assert (again.body, again.attempts) == ("2 new messages", 1)


def test_pause_that_was_asked_for_holds_for_later_messages_too(
    notification: Notification, conversation: Conversation, alice: User, later: Later
) -> None:
    record_outcome(notification, Outcome(Verdict.LATER, "HTTP 429", retry_after=300))
    write(alice, conversation, "And one more")
    later(6)
    sweep()
    assert claim_notifications(100) == []

    later(300)
    assert [each.body for each in claim_notifications(100)] == ["2 new messages"]


def test_no_more_are_claimed_than_asked_for(
    notification: Notification,
    bob: User,
    conversation: Conversation,
    make_browser: MakeBrowser,
    alice: User,
    later: Later,
) -> None:
    record_outcome(notification, DELIVERED)
    make_browser("tablet").belongs_to(bob)
    write(alice, conversation, "To both")
    later(6)
    sweep()

    assert [len(claim_notifications(1)) for _ in range(3)] == [1, 1, 0]
