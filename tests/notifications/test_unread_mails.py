"""People get one email about what they have not read after an hour or a day, and then quiet."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db.models.functions import Now

from jobs.models import Job
from messaging.models import Conversation, Extra, Message
from messaging.services.archiving import archive_conversations
from messaging.services.reading import mark_read
from notifications.jobs import mail_sweep
from notifications.models import MailCursor, MailMark, UnreadMail, UnreadWait
from notifications.services.mail_sweeping import scan, sweep_mails
from notifications.services.preferences import change_preferences, choose_unread_email
from tests.factories import make_trainee, open_conversation, write
from tests.jobs.running import run_due
from users.models import User
from users.services.accounts import deactivate_user

pytestmark = pytest.mark.django_db

Pass = Callable[..., None]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 3, 2, 12, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def begin(clock: time_machine.Traveller, db: None) -> None:
    """Set the clock, and make the scans begin with the messages of this test."""
    MailCursor.objects.all().delete()
    sweep_mails()


@pytest.fixture
def after(clock: time_machine.Traveller) -> Pass:
    """Return a function that lets time pass, and then runs the jobs."""

    def pass_time(**delta: float) -> None:
        clock.shift(timedelta(**delta))
        work()

    return pass_time


def work() -> None:
    """Sweep, and run the jobs that are queued, also those that wait for a retry."""
    mail_sweep()
    Job.objects.filter(kind="notifications.mail_unread").update(due_at=Now())
    run_due()


def subjects() -> list[str]:
    return [str(each.subject) for each in mail.outbox]


@pytest.fixture
def hourly(bob: User) -> User:
    choose_unread_email(user=bob, wait="hour")
    return bob


@pytest.fixture
def conversation(begin: None, alice: User, bob: User) -> Conversation:
    return open_conversation(alice, bob)


# When
# ------------------------------------------------------------------------------
def test_message_unread_for_an_hour_is_emailed_to_who_chose_an_hour(
    conversation: Conversation, hourly: User, after: Pass
) -> None:
    after(minutes=59)
    before = subjects()
    after(minutes=1)

    assert (before, subjects()) == ([], ["1 unread message from Alice Tester"])
    assert mail.outbox[0].to == ["bob@example.com"]


def test_message_unread_for_a_day_is_emailed_to_who_has_not_chosen(
    conversation: Conversation, after: Pass
) -> None:
    after(hours=23, minutes=59)
    before = subjects()
    after(minutes=1)

    assert (before, subjects()) == ([], ["1 unread message from Alice Tester"])


def test_several_messages_and_conversations_are_one_email(
    begin: None, alice: User, bob: User, after: Pass
) -> None:
    zoe = make_trainee("zoe", alice)
    first, second = open_conversation(alice, bob), open_conversation(alice, zoe)
    mark_read(reader=bob, conversation_id=first.pk)
    write(bob, first, "one", "two")
    mark_read(reader=zoe, conversation_id=second.pk)
    write(zoe, second, "three")

    after(days=1)
    after(minutes=1)

    assert subjects() == ["3 unread messages from 2 people"]
    assert "Bob Tester: 2" in str(mail.outbox[0].body)
    assert "Zoe Tester: 1" in str(mail.outbox[0].body)
    row = UnreadMail.objects.get()
    assert (row.result, row.conversations, row.messages, row.attempt) == ("sent", 2, 3, 1)


def test_nothing_new_is_never_emailed_again(
    conversation: Conversation, hourly: User, after: Pass
) -> None:
    for _ in range(50):
        after(hours=1)

    assert subjects() == ["1 unread message from Alice Tester"]


def test_next_email_waits_until_a_newer_message_is_old_enough(
    conversation: Conversation, alice: User, hourly: User, after: Pass
) -> None:
    after(hours=1)
    after(minutes=10)
    write(alice, conversation, "And?")
    after(minutes=59)
    before = len(subjects())
    after(minutes=1)

    assert before == 1
    # Both are unread.
    assert subjects()[1:] == ["2 unread messages from Alice Tester"]


def test_email_covers_messages_that_came_just_before_it(
    conversation: Conversation, alice: User, hourly: User, after: Pass
) -> None:
    after(minutes=50)
    write(alice, conversation, "And?")
    after(minutes=10)
    after(hours=3)

    assert subjects() == ["2 unread messages from Alice Tester"]


def test_message_of_the_last_minute_is_in_the_next_email(
    conversation: Conversation, alice: User, hourly: User, after: Pass
) -> None:
    """It may have been committed after the email was composed."""
    after(minutes=59, seconds=30)
    write(alice, conversation, "And?")
    after(seconds=30)
    after(hours=1)

    assert subjects() == [
        "1 unread message from Alice Tester",
        "2 unread messages from Alice Tester",
    ]


def test_conversation_without_anything_new_is_not_repeated(
    begin: None, alice: User, bob: User, after: Pass
) -> None:
    choose_unread_email(user=alice, wait="hour")
    zoe = make_trainee("zoe", alice)
    for person in (bob, zoe):
        conversation = open_conversation(alice, person)
        write(person, conversation, "Hello")
        after(hours=2)

    assert subjects() == [
        "1 unread message from Bob Tester",
        "1 unread message from Zoe Tester",
    ]


def test_choice_of_a_shorter_time_covers_messages_that_the_hourly_scan_has_passed(
    conversation: Conversation, bob: User, after: Pass
) -> None:
    after(hours=5)
    choose_unread_email(user=bob, wait="hour")
    after(hours=19)

    assert subjects() == ["1 unread message from Alice Tester"]


def test_choice_of_a_longer_time_holds_for_an_email_that_is_queued(
    conversation: Conversation, bob: User, clock: time_machine.Traveller, hourly: User, after: Pass
) -> None:
    clock.shift(timedelta(hours=1))
    sweep_mails()
    choose_unread_email(user=bob, wait="day")
    after(minutes=1)
    before = subjects()
    after(hours=23)

    assert (before, subjects()) == ([], ["1 unread message from Alice Tester"])


def test_messages_from_before_the_first_sweep_are_not_emailed(
    clock: time_machine.Traveller, alice: User, bob: User, after: Pass
) -> None:
    MailCursor.objects.all().delete()
    open_conversation(alice, bob)
    after(days=2)
    after(days=2)

    assert subjects() == []


def test_scan_leaves_the_messages_to_another_process_that_scans(
    conversation: Conversation, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(days=1))
    MailCursor.objects.all().delete()  # as if another process had locked them

    assert not scan(UnreadWait.DAY)
    assert not Job.objects.filter(kind="notifications.mail_unread").exists()


def test_message_to_a_deleted_account_is_passed_over(
    conversation: Conversation, bob: User, after: Pass
) -> None:
    bob.delete()
    after(days=1)

    assert subjects() == []
    assert MailCursor.objects.get(wait="day").scanned_up_to == Message.objects.get().pk


def test_each_message_is_scanned_in_batches(
    begin: None, alice: User, monkeypatch: pytest.MonkeyPatch, after: Pass
) -> None:
    monkeypatch.setattr("notifications.services.mail_sweeping.BATCH", 2)
    for number in range(5):
        open_conversation(alice, make_trainee(f"trainee{number}", alice))

    after(days=1)

    assert sorted(each.to[0] for each in mail.outbox) == [
        f"trainee{number}@example.com" for number in range(5)
    ]


# What decides at the moment of sending
# ------------------------------------------------------------------------------
def silence(conversation: Conversation, bob: User) -> None:
    change_preferences(user=bob, changes={"new_message": False})


def turn_off(conversation: Conversation, bob: User) -> None:
    choose_unread_email(user=bob, wait="off")


def read(conversation: Conversation, bob: User) -> None:
    mark_read(reader=bob, conversation_id=conversation.pk)


def archive(conversation: Conversation, bob: User) -> None:
    archive_conversations(Conversation.objects.filter(pk=conversation.pk))


def delete(conversation: Conversation, bob: User) -> None:
    Message.objects.update(removed_at=Now())


def deactivate(conversation: Conversation, bob: User) -> None:
    deactivate_user(user=bob)


def erase(conversation: Conversation, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(erased_at=Now())


def erase_the_other(conversation: Conversation, bob: User) -> None:
    User.objects.filter(email="alice@example.com").update(erased_at=Now())


EVENTS = (silence, turn_off, read, archive, delete, deactivate, erase, erase_the_other)


@pytest.mark.parametrize("event", EVENTS)
def test_email_that_is_queued_is_not_sent_after_this(
    conversation: Conversation,
    hourly: User,
    clock: time_machine.Traveller,
    event: Callable[[Conversation, User], None],
) -> None:
    clock.shift(timedelta(hours=1))
    sweep_mails()
    assert Job.objects.filter(kind="notifications.mail_unread").exists()
    event(conversation, hourly)

    work()

    assert (subjects(), list(UnreadMail.objects.all())) == ([], [])
    assert not Job.objects.filter(kind="notifications.mail_unread").exists()


@pytest.mark.parametrize("event", EVENTS)
def test_no_email_is_queued_after_this(
    conversation: Conversation,
    hourly: User,
    after: Pass,
    event: Callable[[Conversation, User], None],
) -> None:
    event(conversation, hourly)
    after(hours=1)
    after(days=1)

    assert subjects() == []
    assert not MailMark.objects.exists()


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (silence, "the person has silenced new messages"),
        (turn_off, "the person wants no emails about unread messages"),
        (deactivate, "the account is deactivated"),
    ],
)
def test_reason_why_a_person_gets_no_email_is_stored_once(
    conversation: Conversation,
    hourly: User,
    after: Pass,
    event: Callable[[Conversation, User], None],
    reason: str,
) -> None:
    event(conversation, hourly)
    after(days=1)
    after(days=1)

    row = UnreadMail.objects.get()
    assert (row.recipient_id, row.result, row.reason, row.attempt) == (
        hourly.pk,
        "skipped",
        reason,
        0,
    )


def test_deleted_message_is_not_counted(
    conversation: Conversation, alice: User, hourly: User, after: Pass
) -> None:
    gone, _ = write(alice, conversation, "wrong person", "Hello again")
    Message.objects.filter(pk=gone.pk).update(removed_at=Now())

    after(hours=1)

    assert subjects() == ["2 unread messages from Alice Tester"]


def test_line_that_says_who_has_joined_is_no_message(
    conversation: Conversation, hourly: User, after: Pass
) -> None:
    Message.objects.update(extras=Extra.JOINED)

    after(hours=1)
    after(days=1)

    assert subjects() == []


def test_own_messages_are_not_counted(
    conversation: Conversation, hourly: User, after: Pass
) -> None:
    write(hourly, conversation, "one", "two")

    after(hours=1)

    assert subjects() == ["1 unread message from Alice Tester"]


# What it says
# ------------------------------------------------------------------------------
def test_email_has_names_and_numbers_and_no_texts(
    begin: None, alice: User, hourly: User, after: Pass
) -> None:
    conversation = open_conversation(alice, hourly, "The secret text")
    after(hours=1)

    (sent,) = mail.outbox
    assert isinstance(sent, EmailMultiAlternatives)
    text, html = str(sent.body), str(sent.alternatives[0][0])
    assert text.splitlines()[0] == "Alice Tester sent you a message that you have not read yet."
    assert f"/messages/{conversation.pk}\n" in text
    for part in (text, html, sent.subject):
        assert "secret" not in part
    assert "for an hour" in text
    assert "/settings" in text
    assert f'href="{settings.PUBLIC_URL}/messages/{conversation.pk}"' in html


def test_email_speaks_the_language_of_the_account(
    conversation: Conversation, hourly: User, after: Pass
) -> None:
    User.objects.filter(pk=hourly.pk).update(language="de")

    after(hours=1)

    (sent,) = mail.outbox
    assert isinstance(sent, EmailMultiAlternatives)
    assert str(sent.subject) == "1 ungelesene Nachricht von Alice Tester"
    assert "Diese E-Mails abbestellen" in str(sent.alternatives[0][0])
    assert 'lang="de"' in str(sent.alternatives[0][0])


def test_many_people_are_listed_up_to_a_limit(begin: None, alice: User, after: Pass) -> None:
    for number in range(12):
        trainee = make_trainee(f"trainee{number:02}", alice)
        conversation = open_conversation(alice, trainee)
        mark_read(reader=trainee, conversation_id=conversation.pk)
        write(trainee, conversation, "Hello")

    after(days=1)

    (sent,) = mail.outbox
    lines = str(sent.body).splitlines()
    assert sent.subject == "12 unread messages from 12 people"
    assert sum(line.endswith(" Tester: 1") for line in lines) == 10
    assert "and 2 more" in lines


def test_header_has_no_line_break_of_a_name(
    begin: None, alice: User, hourly: User, after: Pass
) -> None:
    User.objects.filter(pk=alice.pk).update(
        first_name="Al\nBcc: eve@example.com", last_name="x" * 99
    )
    open_conversation(alice, hourly)

    after(hours=1)

    (subject,) = subjects()
    assert subject.startswith("1 unread message from Al Bcc: eve@example.com xxx")
    assert subject.endswith("x…")
    assert len(subject) < 90


def test_headers_name_the_email_the_person_and_the_way_out(
    conversation: Conversation, alice: User, hourly: User, after: Pass
) -> None:
    after(hours=1)
    write(alice, conversation, "And?")
    after(hours=1)

    first, second = (each.extra_headers for each in mail.outbox)
    assert first["Message-ID"] != second["Message-ID"]
    assert first["References"] == second["References"] != first["Message-ID"]
    assert first["Message-ID"].endswith("@localhost>")
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = first["List-Unsubscribe"].strip("<>")
    assert link in str(mail.outbox[0].body)
