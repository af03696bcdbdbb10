"""Deliveries that processes of the previous release have stored, and may still be sending."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F
from django.utils import timezone

from messaging.models import Conversation
from notifications.models import DeviceToken, PushCursor, PushDelivery, PushMark
from notifications.outcomes import Outcome, Verdict
from notifications.services.cursor import lock_cursor
from notifications.services.legacy_deliveries import convert_legacy_deliveries
from notifications.services.sweeping import sweep
from tests.factories import write
from tests.failing import failing_at
from tests.messaging.parallel import overlapping, run_before_commit
from tests.notifications.conftest import Later, MakeBrowser
from tests.notifications.running import begin, bodies, end, live, notify
from users.models import User

pytestmark = pytest.mark.usefixtures("cursor")

HELD = timedelta(seconds=30)


@pytest.fixture
def phone(bob: User, make_browser: MakeBrowser) -> DeviceToken:
    """The device row of Bob's browser."""
    return make_browser("bob").belongs_to(bob)


def sweep_as_before(conversation: Conversation, phone: DeviceToken, **changes: Any) -> None:
    """Write the rows that the previous release's sweep writes for all messages of the conversation."""
    newest = conversation.messages.latest("pk")
    told: dict[str, Any] = {"conversation": conversation, "recipient": phone.user}
    PushCursor.objects.update(scanned_up_to=newest.pk, rescanned_up_to=newest.pk - 1)
    PushMark.objects.update_or_create(**told, defaults={"up_to": newest.created_version})
    PushDelivery.objects.create(**told, device=phone, up_to=newest.created_version, **changes)


def test_delivery_of_the_previous_release_is_sent_once(
    conversation: Conversation, phone: DeviceToken
) -> None:
    sweep_as_before(conversation, phone)

    assert bodies() == ["Hello"]
    assert not PushDelivery.objects.exists()
    assert notify() == []


def test_delivery_is_adopted_when_all_messages_were_scanned(
    conversation: Conversation, phone: DeviceToken
) -> None:
    sweep_as_before(conversation, phone)
    PushCursor.objects.update(rescanned_up_to=conversation.messages.get().pk)

    assert bodies() == ["Hello"]


def test_delivery_claimed_by_an_old_process_is_left_to_it(
    conversation: Conversation,
    bob: User,
    phone: DeviceToken,
    make_browser: MakeBrowser,
    later: Later,
) -> None:
    tablet = make_browser("tablet").belongs_to(bob)
    sweep_as_before(conversation, tablet)
    sweep_as_before(conversation, phone, due_at=timezone.now() + HELD)

    assert [each.device_id for each in notify()] == [tablet.pk]
    assert PushDelivery.objects.get().device_id == phone.pk

    later(HELD.total_seconds() + 1)  # the process was killed
    assert bodies() == ["Hello"]


def test_delivery_that_is_not_due_is_left_alone(
    conversation: Conversation, phone: DeviceToken
) -> None:
    sweep_as_before(conversation, phone, due_at=timezone.now() + HELD)

    convert_legacy_deliveries()

    assert PushDelivery.objects.count() == 1
    assert not live().exists()


def test_due_delivery_of_messages_that_were_notified_since_is_dropped(
    conversation: Conversation, phone: DeviceToken
) -> None:
    sweep_as_before(conversation, phone)
    PushMark.objects.update(up_to=F("up_to") + 1)

    convert_legacy_deliveries()

    assert not PushDelivery.objects.exists()
    assert not live().exists()


def test_adoption_that_fails_halfway_enqueues_nothing(
    conversation: Conversation, phone: DeviceToken
) -> None:
    sweep_as_before(conversation, phone)

    with failing_at("DELETE FROM", after="INSERT INTO jobs_job"):
        convert_legacy_deliveries()

    assert PushDelivery.objects.count() == 1
    assert not live().exists()


@pytest.mark.parametrize("shares", ["conversation", "recipient"])
def test_notification_of_another_recipient_or_conversation_supersedes_no_delivery(
    conversation: Conversation, alice: User, dora: User, phone: DeviceToken, shares: str
) -> None:
    sweep_as_before(conversation, phone)
    place: dict[str, Any] = {"conversation": conversation, "recipient": alice}
    if shares == "recipient":
        other = Conversation.objects.create(trainer=dora, trainee=phone.user)
        place = {"conversation": other, "recipient": phone.user}
    PushMark.objects.create(**place, up_to=99)

    assert bodies() == ["Hello"]


@overlapping
@pytest.mark.django_db(transaction=True)
def test_delivery_is_left_to_the_process_that_scans(
    conversation: Conversation, phone: DeviceToken
) -> None:
    sweep_as_before(conversation, phone)

    run_before_commit(lock_cursor, convert_legacy_deliveries)

    assert PushDelivery.objects.count() == 1
    assert not live().exists()


@overlapping
@pytest.mark.django_db(transaction=True)
def test_delivery_that_an_old_process_has_locked_is_left_to_it(
    conversation: Conversation, phone: DeviceToken
) -> None:
    sweep_as_before(conversation, phone)

    run_before_commit(PushDelivery.objects.select_for_update().get, convert_legacy_deliveries)

    assert PushDelivery.objects.count() == 1
    assert not live().exists()


def test_waiting_old_delivery_is_superseded_by_a_job(
    conversation: Conversation, alice: User, phone: DeviceToken, later: Later
) -> None:
    sweep_as_before(conversation, phone, due_at=timezone.now() + HELD * 10)
    write(alice, conversation, "And one more")
    later(6)

    assert bodies() == ["2 new messages"]
    assert not PushDelivery.objects.exists()


def test_waiting_job_is_superseded_by_an_old_process(
    conversation: Conversation, alice: User, phone: DeviceToken, later: Later
) -> None:
    later(6)
    sweep()
    (run,) = begin()
    end(run, Outcome(Verdict.LATER, "HTTP 503"))
    write(alice, conversation, "And one more")
    sweep_as_before(conversation, phone, due_at=timezone.now() + HELD)
    PushDelivery.objects.all().delete()  # the old process has sent it

    later(100)

    assert begin() == []
    assert not live().exists()


def test_adopted_delivery_and_waiting_job_are_one(
    conversation: Conversation, alice: User, phone: DeviceToken, later: Later
) -> None:
    later(6)
    sweep()
    (run,) = begin()
    end(run, Outcome(Verdict.LATER, "HTTP 503"))
    write(alice, conversation, "And one more")
    sweep_as_before(conversation, phone)
    sweep()
    later(100)

    assert bodies() == ["2 new messages"]
    assert not PushDelivery.objects.exists()


@pytest.fixture
def going_back(transactional_db: None) -> Iterator[MigrationExecutor]:
    """A migration executor; after the test, migrate to the latest migrations."""
    yield MigrationExecutor(connection)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_migrating_back_turns_jobs_into_rows_of_the_previous_release(
    going_back: MigrationExecutor,
    cursor: None,
    conversation: Conversation,
    bob: User,
    phone: DeviceToken,
    make_browser: MakeBrowser,
    later: Later,
) -> None:
    gone = make_browser("gone").belongs_to(bob)
    later(6)
    sweep()
    gone.delete()

    going_back.migrate([("push", "0003_devices")])

    rows = PushDelivery.objects.values_list("conversation", "recipient", "device", "up_to")
    newest = conversation.messages.get()
    assert list(rows) == [(conversation.pk, bob.pk, phone.pk, newest.created_version)]
    assert not live().exists()
    forward = MigrationExecutor(connection)
    forward.migrate(forward.loader.graph.leaf_nodes("push"))
    assert bodies() == ["Hello"]
