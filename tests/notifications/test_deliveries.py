"""Support can see what became of each notification, and why a person got none."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from messaging.models import Conversation, Message
from messaging.services.archiving import archive_conversations
from messaging.services.reading import mark_read
from notifications.models import DeliveryOutcome, DeviceToken, PushMark
from notifications.obstacles import with_obstacle
from notifications.services.devices import forget_device, register_device
from notifications.services.erasing import erase_devices
from notifications.services.preferences import change_preferences
from notifications.services.pruning import prune_deliveries
from notifications.services.sweeping import RESCAN_AFTER_SECONDS, sweep
from tests.admin.conftest import browser_of
from tests.factories import make_person, tokens_of, write
from tests.jobs.running import run_due
from tests.notifications.conftest import Later, MakeBrowser
from tests.notifications.service import Browser as Phone
from users.models import AuthSession, User
from users.services.accounts import deactivate_user
from users.services.sessions import end_sessions

pytestmark = pytest.mark.usefixtures("cursor")

DELIVERIES = "/admin/push/deliveryoutcome/"
Row = tuple[str, str, int]


@pytest.fixture
def phone(bob: User, make_browser: MakeBrowser) -> Phone:
    """Bob's browser, registered by a sign-in."""
    tokens_of(bob)
    bob.auth_session = AuthSession.objects.latest("pk")
    browser = make_browser("bob")
    browser.belongs_to(bob)
    return browser


def rows() -> list[Row]:
    found = DeliveryOutcome.objects.order_by("pk")
    return list(found.values_list("result", "reason", "attempt"))


def deliver_all(later: Later) -> None:
    """Sweep and send everything that is due, to the real push service."""
    later(6)
    sweep()
    run_due()


@pytest.mark.parametrize(
    ("status", "row"),
    [
        (201, ("sent", "", 1)),
        (410, ("gone", "HTTP 410", 1)),
        (413, ("refused", "HTTP 413", 1)),
        (503, ("failed", "HTTP 503", 1)),
    ],
)
def test_outcome_of_an_attempt_is_stored(
    conversation: Conversation, bob: User, phone: Phone, later: Later, status: int, row: Row
) -> None:
    phone.service.will_answer(phone.path, status)

    deliver_all(later)

    assert rows() == [row]
    outcome = DeliveryOutcome.objects.get()
    assert (outcome.conversation, outcome.recipient) == (conversation, bob)
    assert outcome.device_id == DeviceToken.objects.get().pk
    assert outcome.up_to == Message.objects.get().created_version


def test_each_attempt_is_stored_until_the_last_is_given_up(
    conversation: Conversation, phone: Phone, later: Later
) -> None:
    phone.service.status = 503

    deliver_all(later)
    for _ in range(9):
        later(7200)
        run_due()

    failed = [("failed", "HTTP 503", number) for number in range(1, 9)]
    assert rows() == [*failed, ("given_up", "HTTP 503", 9)]


def read(conversation: Conversation, bob: User, phone: Phone) -> None:
    mark_read(reader=bob, conversation_id=conversation.pk)


def archive(conversation: Conversation, bob: User, phone: Phone) -> None:
    archive_conversations(Conversation.objects.all())


def silence(conversation: Conversation, bob: User, phone: Phone) -> None:
    change_preferences(user=bob, changes={"new_message": False})


def sign_out_everywhere(conversation: Conversation, bob: User, phone: Phone) -> None:
    end_sessions(AuthSession.objects.all())


def forget(conversation: Conversation, bob: User, phone: Phone) -> None:
    forget_device(user=bob, token=phone.token)


def switch_off(conversation: Conversation, bob: User, phone: Phone) -> None:
    DeviceToken.objects.update(is_active=False)


def deactivate(conversation: Conversation, bob: User, phone: Phone) -> None:
    deactivate_user(user=bob)


def announce_later_message(conversation: Conversation, bob: User, phone: Phone) -> None:
    PushMark.objects.update(up_to=99)


Event = Callable[[Conversation, User, Phone], None]
OBSTACLES: list[tuple[Event, str]] = [
    (silence, "the person has silenced new messages"),
    (sign_out_everywhere, "the sign-in of the device has ended"),
    (switch_off, "the device is switched off"),
    (deactivate, "the account is deactivated"),
]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        *OBSTACLES,
        (read, "read or removed before it was sent"),
        (archive, "the conversation is archived"),
        (forget, "the device was removed, or belongs to somebody else"),
        (announce_later_message, "a later notification covers it"),
    ],
)
def test_queued_notification_that_is_not_sent_says_why(
    conversation: Conversation, bob: User, phone: Phone, later: Later, event: Event, reason: str
) -> None:
    later(6)
    sweep()
    event(conversation, bob, phone)

    run_due()

    assert rows() == [("skipped", reason, 1)]
    assert phone.shown() == []


@pytest.mark.parametrize(("event", "reason"), OBSTACLES)
def test_person_who_can_be_notified_on_no_device_gets_one_row_that_says_why(
    conversation: Conversation, bob: User, phone: Phone, later: Later, event: Event, reason: str
) -> None:
    event(conversation, bob, phone)

    deliver_all(later)
    later(RESCAN_AFTER_SECONDS)
    deliver_all(later)

    assert rows() == [("skipped", reason, 0)]
    assert phone.shown() == []


def test_each_message_to_a_person_who_cannot_be_notified_has_a_row(
    conversation: Conversation, alice: User, bob: User, phone: Phone, later: Later
) -> None:
    silence(conversation, bob, phone)
    deliver_all(later)
    write(alice, conversation, "And another one")

    deliver_all(later)

    versions = DeliveryOutcome.objects.order_by("pk").values_list("up_to", flat=True)
    created = Message.objects.order_by("pk").values_list("created_version", flat=True)
    assert list(versions) == list(created)


def test_obstacle_is_that_of_the_device_that_was_registered_last(
    conversation: Conversation, bob: User, phone: Phone, make_browser: MakeBrowser, later: Later
) -> None:
    newest = make_browser("newest").belongs_to(bob)
    old = DeviceToken.objects.exclude(pk=newest.pk)
    old.update(is_active=False)
    end_sessions(AuthSession.objects.all())

    deliver_all(later)

    assert rows() == [("skipped", "the sign-in of the device has ended", 0)]
    assert DeliveryOutcome.objects.get().device_id == newest.pk


def test_device_without_an_obstacle_leaves_no_row_for_the_others(
    conversation: Conversation, bob: User, phone: Phone, later: Later
) -> None:
    register_device(user=bob, token=phone.token.replace("/bob", "/other"), platform="web")
    DeviceToken.objects.filter(token__contains="/other").update(is_active=False)

    deliver_all(later)

    assert rows() == [("sent", "", 1)]


def test_person_without_a_device_leaves_no_row(
    conversation: Conversation, alice: User, make_browser: MakeBrowser, later: Later
) -> None:
    make_browser("alice").belongs_to(alice)

    deliver_all(later)

    assert rows() == []


@pytest.mark.parametrize("event", [event for event, _ in OBSTACLES])
def test_device_has_an_obstacle_unless_it_is_reachable(
    conversation: Conversation, bob: User, phone: Phone, event: Event
) -> None:
    devices = DeviceToken.objects.all()
    assert [each.obstacle for each in with_obstacle(devices.reachable())] == [""]

    event(conversation, bob, phone)

    assert not devices.reachable().exists()
    assert all(each.obstacle for each in with_obstacle(devices))


def test_outcomes_are_deleted_after_some_days(
    conversation: Conversation, bob: User, settings: Any
) -> None:
    told: dict[str, Any] = {"conversation": conversation, "recipient": bob, "device_id": 1}
    for days in (6, 8):
        DeliveryOutcome.objects.create(
            **told, up_to=days, attempt=1, result="sent", at=timezone.now() - timedelta(days=days)
        )

    settings.KEEP_DELIVERIES = timedelta(0)
    prune_deliveries()
    assert DeliveryOutcome.objects.count() == 2

    settings.KEEP_DELIVERIES = timedelta(days=7)
    prune_deliveries()
    assert [each.up_to for each in DeliveryOutcome.objects.all()] == [6]


def test_outcomes_go_with_their_person_and_stay_without_their_device(
    conversation: Conversation, bob: User, phone: Phone, later: Later
) -> None:
    deliver_all(later)

    forget_device(user=bob, token=phone.token)
    assert rows() == [("sent", "", 1)]

    bob.delete()
    assert rows() == []


def test_outcomes_of_an_erased_person_are_deleted_before_the_account(
    conversation: Conversation, bob: User, phone: Phone, later: Later
) -> None:
    deliver_all(later)

    erase_devices(user_id=bob.pk)

    assert rows() == []
    assert User.objects.filter(pk=bob.pk).exists()


# The admin
# ------------------------------------------------------------------------------
@pytest.fixture
def support(db: None) -> Browser:
    return browser_of(make_person("root", is_staff=True, is_superuser=True))


def found(support: Browser, **query: Any) -> list[str]:
    listed = support.get(DELIVERIES, query).context["cl"].result_list
    return [each.result for each in listed]


def test_support_finds_outcomes_by_person_device_and_conversation(
    support: Browser,
    conversation: Conversation,
    alice: User,
    bob: User,
    phone: Phone,
    make_browser: MakeBrowser,
    later: Later,
) -> None:
    make_browser("alice").belongs_to(alice)
    write(bob, conversation, "To Alice")
    make_browser("alice").service.will_answer("/push/alice", 503)
    deliver_all(later)
    device = DeviceToken.objects.get(user=bob)

    assert sorted(found(support)) == ["failed", "sent"]
    assert found(support, q="Bob@Example.com") == ["sent"]
    assert found(support, q="alice tester") == ["failed"]
    assert found(support, q="nobody@example.com") == []
    assert found(support, device_id__exact=device.pk) == ["sent"]
    assert found(support, recipient__id__exact=alice.pk) == ["failed"]
    assert found(support, conversation__id__exact=conversation.pk + 1) == []
    assert found(support, result="failed") == ["failed"]
    DeliveryOutcome.objects.filter(recipient=bob).update(device_id=10**12)
    assert found(support, q=str(10**12)) == ["sent"]
    assert sorted(found(support, q=str(conversation.pk))) == ["failed", "sent"]
    assert found(support, q="9" * 30) == []


def test_pages_link_to_message_and_device_and_show_neither_text_nor_token(
    support: Browser, conversation: Conversation, phone: Phone, later: Later
) -> None:
    deliver_all(later)
    outcome, device = DeliveryOutcome.objects.get(), DeviceToken.objects.get()

    for page in ("", f"{outcome.pk}/change/"):
        text = support.get(DELIVERIES + page).content.decode()
        assert f'href="/admin/messaging/message/{Message.objects.get().pk}/change/"' in text
        assert f'href="/admin/push/devicetoken/{device.pk}/change/"' in text
        assert "Hello" not in text
        assert phone.path not in text
    of_device = support.get(f"/admin/push/devicetoken/{device.pk}/change/").content.decode()
    assert f'href="{DELIVERIES}?device_id__exact={device.pk}"' in of_device


def test_outcome_of_an_unknown_message_is_shown(
    support: Browser, conversation: Conversation, bob: User
) -> None:
    outcome = DeliveryOutcome.objects.create(
        conversation=conversation, recipient=bob, device_id=1, up_to=99, attempt=0, result="skipped"
    )

    assert found(support) == ["skipped"]
    assert support.get(f"{DELIVERIES}{outcome.pk}/change/").status_code == 200
