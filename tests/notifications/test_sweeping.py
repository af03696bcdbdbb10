"""Recipients are notified of messages that are still unread some seconds after they were sent."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs.models import Job
from messaging.models import Conversation, Message
from messaging.services.archiving import archive_conversations
from messaging.services.reading import mark_read
from notifications.contents import MAX_LISTED
from notifications.models import DeviceToken, PushCursor, PushMark
from notifications.selectors import Backlog, get_backlog, list_device_ids
from notifications.services import sweeping
from notifications.services.cursor import lock_cursor, skip_to
from notifications.services.devices import register_device
from notifications.services.sweeping import get_sweep_interval, scan, sweep
from tests.factories import claims_of, make_trainee, open_conversation, tokens_of, write
from tests.failing import failing_at
from tests.jobs.running import run_due
from tests.messaging.crowd import make_crowd
from tests.messaging.parallel import overlapping, run_at_once, run_before_commit
from tests.notifications.conftest import Later, MakeBrowser
from tests.notifications.push_service import PushService
from tests.notifications.running import DELIVER, begin, bodies, live, notify
from users.models import AuthSession, User
from users.services.accounts import deactivate_user
from users.services.sessions import sign_out
from users.tokens import Claims

pytestmark = pytest.mark.usefixtures("cursor")


@pytest.fixture
def phone(bob: User, make_browser: MakeBrowser) -> DeviceToken:
    """The device row of Bob's browser."""
    return make_browser("bob").belongs_to(bob)


def sign_in_again(user: User) -> Claims:
    """Begin a new session, make it the session of `user`, and return its claims."""
    claims = claims_of(tokens_of(user).access)
    user.auth_session = AuthSession.objects.latest("pk")
    return claims


def test_unread_message_is_notified_to_its_recipients_device(
    conversation: Conversation, phone: DeviceToken, later: Later
) -> None:
    later(6)

    (told,) = notify()

    assert (told.device_id, told.token, told.platform) == (phone.pk, phone.token, "web")
    assert (told.title, told.body) == ("Alice Tester", "Hello")
    assert (told.conversation_id, told.unread_count) == (conversation.pk, 1)
    assert told.sender_id == conversation.trainer_id
    assert not live().exists()


def test_message_is_not_notified_before_the_delay(
    conversation: Conversation, phone: DeviceToken, later: Later
) -> None:
    later(4)
    assert notify() == []

    later(2)
    assert bodies() == ["Hello"]


def test_message_read_before_the_sweep_is_not_notified(
    conversation: Conversation, bob: User, phone: DeviceToken, later: Later
) -> None:
    mark_read(reader=bob, conversation_id=conversation.pk)
    later(6)

    assert notify() == []


def test_message_read_after_the_sweep_is_not_notified(
    conversation: Conversation, bob: User, phone: DeviceToken, later: Later
) -> None:
    later(6)
    sweep()
    mark_read(reader=bob, conversation_id=conversation.pk)

    assert begin() == []
    assert not live().exists()


def test_several_messages_are_one_notification_including_the_newest(
    conversation: Conversation, alice: User, phone: DeviceToken, later: Later
) -> None:
    later(6)
    write(alice, conversation, "one", "two")

    assert bodies() == ["3 new messages"]

    later(6)
    assert notify() == []


def test_message_after_the_sweep_is_notified_by_the_next(
    conversation: Conversation, alice: User, phone: DeviceToken, later: Later
) -> None:
    later(6)
    sweep()
    write(alice, conversation, "one")
    assert bodies() == ["Hello"]

    later(6)
    assert bodies() == ["2 new messages"]


def test_second_scan_repeats_no_notification(
    conversation: Conversation, phone: DeviceToken, later: Later
) -> None:
    later(6)
    assert len(notify()) == 1

    later(sweeping.RESCAN_AFTER_SECONDS)
    assert notify() == []
    assert PushCursor.objects.get().rescanned_up_to == Message.objects.get().pk


def test_later_message_is_notified_with_earlier_unread_ones(
    conversation: Conversation, alice: User, bob: User, phone: DeviceToken, later: Later
) -> None:
    later(6)
    notify()

    write(alice, conversation, "Still there?")
    later(6)
    assert bodies() == ["2 new messages"]

    mark_read(reader=bob, conversation_id=conversation.pk)
    write(alice, conversation, "Good.")
    later(6)
    assert bodies() == ["Good."]


def test_message_committed_after_the_first_scan_is_found_by_the_second(
    conversation: Conversation, phone: DeviceToken, later: Later
) -> None:
    # A message with a higher id was scanned before this message was committed.
    PushCursor.objects.update(scanned_up_to=Message.objects.get().pk + 1)

    later(6)
    assert notify() == []

    later(sweeping.RESCAN_AFTER_SECONDS)
    assert bodies() == ["Hello"]


def test_badge_counts_all_conversations(
    conversation: Conversation, alice: User, bob: User, make_browser: MakeBrowser, later: Later
) -> None:
    make_browser("alice").belongs_to(alice)
    other = make_trainee("other", alice)
    write(other, open_conversation(alice, other), "a", "b")
    write(bob, conversation, "c")
    later(6)

    told = notify()

    assert sorted((each.title, each.body, each.unread_count) for each in told) == [
        ("Bob Tester", "c", 3),
        ("Other Tester", "2 new messages", 3),
    ]


def test_notification_lists_the_unread_conversations_at_its_time(
    alice: User, bob: User, conversation: Conversation, make_browser: MakeBrowser, later: Later
) -> None:
    make_browser("alice").belongs_to(alice)
    trainees = [make_trainee(f"trainee{number}", alice) for number in range(MAX_LISTED)]
    unread = [open_conversation(alice, each) for each in trainees]
    write(bob, conversation, "read on another device")
    mark_read(reader=alice, conversation_id=conversation.pk)
    for person, each in zip(trainees, unread, strict=True):
        write(person, each, "unread")
    later(6)

    before = Conversation.objects.values_list(Now(), flat=True)[0]
    told = notify()
    after = Conversation.objects.values_list(Now(), flat=True)[0]

    ids = tuple(each.pk for each in unread)
    assert {each.unread_conversations for each in told} == {ids}
    assert all(before <= each.composed_at <= after for each in told)
    write(bob, conversation, "one conversation more")
    later(6)
    assert [each.unread_conversations for each in notify()] == [None]


def test_other_people_are_not_notified(
    conversation: Conversation,
    alice: User,
    charlie: User,
    dora: User,
    phone: DeviceToken,
    make_browser: MakeBrowser,
    later: Later,
) -> None:
    for person in (alice, charlie, dora):
        make_browser(person.first_name).belongs_to(person)
    later(6)

    assert [each.device_id for each in notify()] == [phone.pk]


def test_every_device_is_notified(
    conversation: Conversation,
    bob: User,
    phone: DeviceToken,
    make_browser: MakeBrowser,
    later: Later,
) -> None:
    tablet = make_browser("tablet").belongs_to(bob)
    later(6)

    assert {each.device_id for each in notify()} == {phone.pk, tablet.pk}


def test_device_with_a_new_owner_after_the_sweep_is_not_notified(
    conversation: Conversation, charlie: User, phone: DeviceToken, later: Later
) -> None:
    later(6)
    sweep()
    register_device(user=charlie, token=phone.token, platform="web")

    assert begin() == []
    assert not live().exists()


def test_device_shared_by_both_people_shows_each_only_their_own(
    conversation: Conversation, alice: User, bob: User, phone: DeviceToken, later: Later
) -> None:
    later(6)
    sweep()
    register_device(user=alice, token=phone.token, platform="web")
    write(bob, conversation, "To Alice")
    later(6)

    assert [(each.title, each.body) for each in notify()] == [("Bob Tester", "To Alice")]


@pytest.mark.parametrize("swept", [True, False])
def test_archived_conversation_is_not_notified(
    conversation: Conversation, phone: DeviceToken, later: Later, swept: bool
) -> None:
    later(6)
    if swept:
        sweep()
    archive_conversations(Conversation.objects.all())

    assert notify() == []
    assert PushMark.objects.exists() == swept


@pytest.mark.parametrize("swept", [True, False])
def test_deactivated_person_is_not_notified(
    conversation: Conversation, bob: User, phone: DeviceToken, later: Later, swept: bool
) -> None:
    later(6)
    if swept:
        sweep()
    deactivate_user(user=bob)

    assert notify() == []


@pytest.mark.parametrize("swept", [True, False])
def test_device_is_notified_until_its_session_ends(
    conversation: Conversation, bob: User, make_browser: MakeBrowser, later: Later, swept: bool
) -> None:
    claims = sign_in_again(bob)
    make_browser("left").belongs_to(bob)
    sign_in_again(bob)
    kept = make_browser("kept").belongs_to(bob)
    later(6)
    if swept:
        sweep()

    sign_out(claims=claims)

    assert [each.device_id for each in notify()] == [kept.pk]


def test_device_of_an_expired_session_is_not_notified(
    conversation: Conversation, bob: User, make_browser: MakeBrowser, later: Later
) -> None:
    sign_in_again(bob)
    make_browser("bob").belongs_to(bob)
    AuthSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    later(6)

    assert notify() == []


def test_native_device_is_not_notified_without_fcm(
    conversation: Conversation, bob: User, later: Later
) -> None:
    register_device(user=bob, token="phone-1", platform="ios")
    later(6)

    assert notify() == []


def test_browser_is_not_told_without_web_push(
    conversation: Conversation, bob: User, phone: DeviceToken, later: Later, settings: Any
) -> None:
    settings.VAPID_PRIVATE_KEY, settings.FCM_CREDENTIALS_FILE = "", "credentials.json"
    register_device(user=bob, token="phone-1", platform="ios")
    later(6)

    assert [each.token for each in notify()] == ["phone-1"]


def test_without_any_keys_nothing_is_scanned(
    conversation: Conversation, phone: DeviceToken, later: Later, settings: Any
) -> None:
    settings.VAPID_PRIVATE_KEY = settings.FCM_CREDENTIALS_FILE = ""
    later(6)

    with CaptureQueriesContext(connection) as captured:
        sweep()

    assert len(captured) == 0


def test_message_to_a_deleted_person_is_passed_over(
    conversation: Conversation, alice: User, bob: User, make_browser: MakeBrowser, later: Later
) -> None:
    make_browser("alice").belongs_to(alice)
    bob.delete()
    later(6)

    assert notify() == []
    assert PushCursor.objects.get().scanned_up_to == Message.objects.get().pk


def test_message_from_before_the_first_device_is_never_notified(
    conversation: Conversation, alice: User, bob: User, make_browser: MakeBrowser, later: Later
) -> None:
    later(6)
    sweep()  # nobody has a device, so the message is skipped
    make_browser("bob").belongs_to(bob)
    eve = make_trainee("eve", alice)
    make_browser("eve").belongs_to(eve)
    open_conversation(alice, eve, "To Eve")
    later(6)

    assert bodies() == ["To Eve"]


def test_conversation_with_a_recent_message_alone_waits_for_the_delay(
    conversation: Conversation,
    alice: User,
    phone: DeviceToken,
    make_browser: MakeBrowser,
    later: Later,
) -> None:
    later(6)
    eve = make_trainee("eve", alice)
    make_browser("eve").belongs_to(eve)
    open_conversation(alice, eve, "Just now")

    assert bodies() == ["Hello"]


def test_message_read_between_the_queries_of_a_scan_gets_no_mark(
    conversation: Conversation, alice: User, bob: User
) -> None:
    mark_read(reader=bob, conversation_id=conversation.pk)

    assert sweeping._list_new_marks([(conversation.pk, alice.pk, bob.pk)]) == []


def test_scan_that_fails_halfway_queues_nothing(
    conversation: Conversation, phone: DeviceToken, later: Later
) -> None:
    later(6)

    with failing_at(f'UPDATE "{PushCursor._meta.db_table}"'):
        scan()

    assert not PushMark.objects.exists()
    assert not live().exists()


def test_scan_without_a_cursor_ends_the_sweep() -> None:
    PushCursor.objects.all().delete()

    assert scan() is False


@overlapping
@pytest.mark.django_db(transaction=True)
def test_process_leaves_the_scan_to_the_one_that_has_begun_it(
    conversation: Conversation, phone: DeviceToken, later: Later
) -> None:
    later(6)

    assert run_before_commit(lock_cursor, scan) is False
    assert not live().exists()


def test_message_that_is_read_after_the_sweep_is_not_sent(
    conversation: Conversation, bob: User, phone: DeviceToken, service: PushService, later: Later
) -> None:
    later(6)
    sweep()
    mark_read(reader=bob, conversation_id=conversation.pk)

    assert run_due() > 0

    assert service.received == []
    assert not Job.objects.filter(kind=DELIVER).exists()


def test_cursor_is_named_after_how_far_it_is(conversation: Conversation) -> None:
    PushCursor.objects.update(scanned_up_to=7)

    assert str(PushCursor.objects.get()) == "Scanned up to message 7"


def test_deleted_persons_message_is_not_notified(
    conversation: Conversation, alice: User, phone: DeviceToken, later: Later
) -> None:
    alice.delete()
    later(6)

    assert notify() == []
    assert not PushMark.objects.exists()


def test_long_text_and_name_are_cut_to_one_line_of_100(
    conversation: Conversation, alice: User, bob: User, phone: DeviceToken, later: Later
) -> None:
    mark_read(reader=bob, conversation_id=conversation.pk)
    User.objects.filter(pk=alice.pk).update(first_name="A" * 150)
    write(alice, conversation, "line\n" + "🏋" * 200)
    later(6)

    (told,) = notify()

    assert (told.title, told.body) == ("A" * 99 + "…", "line " + "🏋" * 94 + "…")


def test_right_to_left_name_is_isolated_and_emoji_stay_whole(
    conversation: Conversation, alice: User, bob: User, phone: DeviceToken, later: Later
) -> None:
    mark_read(reader=bob, conversation_id=conversation.pk)
    User.objects.filter(pk=alice.pk).update(
        first_name="\u05e0\u05d5\u05e2\u05d4\u202e", last_name=""
    )
    family = "👨\u200d👩\u200d👧"
    write(alice, conversation, family * 101)
    later(6)

    (told,) = notify()

    assert told.title == "\u2068\u05e0\u05d5\u05e2\u05d4\u2069"
    assert told.body == family * 99 + "…"


def test_letter_with_too_many_marks_is_left_out(
    conversation: Conversation, alice: User, bob: User, phone: DeviceToken, later: Later
) -> None:
    mark_read(reader=bob, conversation_id=conversation.pk)
    write(alice, conversation, "one e" + "\u20d0" * 1995)
    later(6)

    (told,) = notify()

    assert told.body == "one…"


def test_person_without_a_device_is_skipped(conversation: Conversation, later: Later) -> None:
    later(6)

    assert notify() == []
    assert PushCursor.objects.get().scanned_up_to == Message.objects.get().pk
    assert not PushMark.objects.exists()


@pytest.mark.parametrize(("before", "after"), [((10, 5), (10, 7)), ((10, 9), (10, 9))])
def test_skipping_never_moves_the_cursor_back(
    before: tuple[int, int], after: tuple[int, int]
) -> None:
    PushCursor.objects.update(scanned_up_to=before[0], rescanned_up_to=before[1])

    skip_to(7)

    cursor = PushCursor.objects.get()
    assert (cursor.scanned_up_to, cursor.rescanned_up_to) == after


def test_long_backlog_is_scanned_in_batches(
    alice: User, make_browser: MakeBrowser, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "BATCH", 2)
    make_crowd(alice, 5)
    make_browser("alice").belongs_to(alice)
    later(100)

    seen = []
    while scan():
        seen.append(PushCursor.objects.get().scanned_up_to)

    assert len(seen) >= 2
    assert PushCursor.objects.get().scanned_up_to == Message.objects.order_by("pk").last().pk  # type: ignore[union-attr]  # not None


def test_sweep_goes_through_the_whole_backlog(
    alice: User, make_browser: MakeBrowser, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "BATCH", 2)
    make_crowd(alice, 5)
    make_browser("alice").belongs_to(alice)
    later(100)

    sweep()

    newest = Message.objects.latest("pk").pk
    assert PushCursor.objects.get().scanned_up_to == newest
    assert PushCursor.objects.get().rescanned_up_to == newest


def test_backlog_is_read_in_one_query(conversation: Conversation, phone: DeviceToken) -> None:
    with CaptureQueriesContext(connection) as captured:
        backlog = get_backlog()

    assert len(captured) == 1
    assert backlog == Backlog(
        has_devices=True,
        newest_id=Message.objects.get().pk,
        is_drained=False,
        has_old_deliveries=False,
    )


def test_backlog_without_any_message_is_drained() -> None:
    backlog = get_backlog()

    assert backlog
    assert (backlog.newest_id, backlog.is_drained) == (0, True)


def test_devices_of_other_people_are_not_listed(
    alice: User, bob: User, phone: DeviceToken, make_browser: MakeBrowser
) -> None:
    make_browser("alice").belongs_to(alice)

    assert list_device_ids([bob.pk]) == {bob.pk: [phone.pk]}


def test_sweep_with_nothing_new_is_one_query(
    conversation: Conversation, phone: DeviceToken, later: Later
) -> None:
    later(100)
    notify()

    with CaptureQueriesContext(connection) as captured:
        sweep()

    assert len(captured) == 1


def test_deleted_cursor_is_created_again(
    conversation: Conversation, phone: DeviceToken, later: Later
) -> None:
    PushCursor.objects.all().delete()
    later(6)

    sweep()

    assert bodies() == ["Hello"]


def test_sweep_interval_is_short_against_the_delay_and_long_without_devices(
    conversation: Conversation, bob: User, make_browser: MakeBrowser, settings: Any
) -> None:
    seconds = []
    for delay in (0.0, 0.5, 5.0, 60.0):
        settings.PUSH_DELAY_SECONDS = delay
        seconds.append(get_sweep_interval().total_seconds())
    make_browser("bob").belongs_to(bob)

    assert seconds == [1, 2, 20, 20]
    assert get_sweep_interval().total_seconds() == 2


def test_sweep_makes_the_same_queries_with_1_and_30_conversations(
    alice: User, make_browser: MakeBrowser, later: Later
) -> None:
    counts = []
    for size in (1, 30):
        make_crowd(alice, size)
        for trainee in User.objects.filter(role="TRAINEE"):
            make_browser(f"u{trainee.pk}").belongs_to(trainee)
        make_browser("alice").belongs_to(alice)
        PushMark.objects.all().delete()
        PushCursor.objects.update(scanned_up_to=0, rescanned_up_to=0)
        later(6)
        with CaptureQueriesContext(connection) as captured:
            sweep()
        counts.append(len(captured))
        assert live().count() >= size
        live().delete()

    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_concurrent_sweeps_notify_once(
    conversation: Conversation, phone: DeviceToken, later: Later
) -> None:
    later(6)

    run_at_once([sweep] * 4)
    claimed, _ = run_at_once([begin] * 4)

    assert sum(map(len, claimed)) == 1
