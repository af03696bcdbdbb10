"""Emails about unread messages, and a mail server that is there, away, or refuses them."""

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as product
from django.db import DatabaseError
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client as Browser
from django.utils import timezone

from jobs.models import Job
from messaging.models import Conversation, Message
from messaging.services.reading import mark_read
from notifications.models import MailCursor, MailMark, UnreadMail
from notifications.services.mail_recording import ABANDONED_AFTER, record_sent
from notifications.services.mail_sweeping import sweep_mails
from notifications.services.preferences import choose_unread_email
from notifications.services.pruning import prune_deliveries
from tests.factories import make_person
from tests.faults.mail import MailServer, running_mail_server
from tests.jobs.running import run_due
from tests.notifications.test_processes import expire_leases, pushing
from tests.system.people import eventually
from users.models import User

pytestmark = pytest.mark.django_db

MAILS = Job.objects.filter(kind="notifications.mail_unread")


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with running_mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address[:2]
        yield server


@pytest.fixture
def waiting(conversation: Conversation, bob: User) -> User:
    """Bob, for whom a message has been unread for two hours, and who wants an email after one."""
    MailCursor.objects.all().delete()
    MailCursor.objects.bulk_create(
        MailCursor(wait=wait, scanned_up_to=0) for wait in ("hour", "day")
    )
    choose_unread_email(user=bob, wait="hour")
    Message.objects.update(created_at=F("created_at") - timedelta(hours=2))
    return bob


def work() -> None:
    sweep_mails()
    MAILS.all().update(due_at=Now())
    run_due()


def results() -> list[tuple[str, str, int]]:
    rows = UnreadMail.objects.order_by("pk")
    return list(rows.values_list("result", "reason", "attempt"))


def test_email_arrives_with_both_forms_and_whole_headers(waiting: User, server: MailServer) -> None:
    work()

    (sent,) = server.mails
    message = sent.message
    plain, rich = message.iter_parts()
    assert isinstance(plain, EmailMessage)
    assert isinstance(rich, EmailMessage)
    assert (message.get_content_type(), sent.to) == ("multipart/alternative", "bob@example.com")
    assert (plain.get_content_type(), rich.get_content_type()) == ("text/plain", "text/html")
    link = f"{product.PUBLIC_URL}/unsubscribe/?token={waiting.pk}~"
    header = str(message["List-Unsubscribe"]).strip()  # folded, because it is long
    assert header.startswith(f"<{link}")
    assert header.strip("<>") in sent.text
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == "1 unread message from Alice Tester"


def test_server_that_is_away_gets_the_same_email_later(
    waiting: User, alice: User, server: MailServer
) -> None:
    server.is_away = True
    for _ in range(3):
        work()
    failed = results()
    server.is_away = False
    work()
    work()

    assert failed == [("failed", "SMTPSenderRefused 451", 3)]
    assert results() == [("sent", "", 4)]
    assert [each.to for each in server.mails] == ["bob@example.com"]
    assert not MAILS.exists()


def test_error_of_a_job_has_no_address(waiting: User, server: MailServer) -> None:
    server.is_away = True

    work()

    assert MAILS.get().last_error == "SMTPSenderRefused 451"


def test_message_read_while_the_server_is_away_is_not_emailed(
    waiting: User, conversation: Conversation, server: MailServer
) -> None:
    server.is_away = True
    work()
    mark_read(reader=waiting, conversation_id=conversation.pk)
    server.is_away = False
    work()

    assert server.mails == []
    assert results() == [
        ("skipped", "read, deleted, archived, or covered by another email before it was sent", 1)
    ]


def test_email_is_given_up_after_three_days_and_the_next_message_brings_another(
    waiting: User, conversation: Conversation, server: MailServer
) -> None:
    server.is_away = True
    work()
    MAILS.update(attempts=76)
    work()

    assert results() == [("given_up", "SMTPSenderRefused 451", 77)]
    assert MAILS.get().state == "failed"
    assert not MailMark.objects.exists()


def test_address_that_is_refused_for_good_is_not_tried_again(
    waiting: User, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.faults.mail.OK", b"550 no such user\r\n")
    monkeypatch.setattr("tests.faults.mail._Session._answer", refuse_recipient)

    work()

    assert results() == [("refused", "The mail server permanently refuses this address: [550]", 1)]
    assert MAILS.get().state == "failed"


def refuse_recipient(_: object, command: bytes) -> bytes:
    return b"550 no such user\r\n" if command == b"RCPT" else b"250 ok\r\n"


@pytest.mark.django_db(transaction=True)
def test_email_whose_outcome_cannot_be_stored_is_not_repeated(
    waiting: User, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise DatabaseError

    monkeypatch.setattr("notifications.services.mailing.record_sent", fail)

    work()
    work()

    assert len(server.mails) == 1
    assert not MAILS.exists()


def test_email_that_was_left_open_long_ago_is_not_continued(
    waiting: User, server: MailServer
) -> None:
    """Its worker was killed, and the new email needs an id of its own."""
    at = timezone.now() - ABANDONED_AFTER - timedelta(seconds=1)
    UnreadMail.objects.create(recipient=waiting, attempt=77, at=at)

    work()

    assert results() == [("given_up", "the worker was killed", 77), ("sent", "", 1)]


def test_second_email_moves_the_mark_forward_and_never_back(waiting: User) -> None:
    mail = UnreadMail.objects.create(recipient=waiting)
    noon = timezone.now()
    for hours in (0, 1, -1):
        record_sent(mail, until=noon + timedelta(hours=hours))

    assert MailMark.objects.get().told_until == noon + timedelta(hours=1)


def test_rows_are_deleted_after_some_days_unless_they_are_open(bob: User, settings: Any) -> None:
    for result, days in (("sent", 6), ("sent", 8), ("skipped", 8), ("failed", 8)):
        at = timezone.now() - timedelta(days=days)
        UnreadMail.objects.create(recipient=bob, result=result, at=at, messages=days)
    settings.KEEP_DELIVERIES = timedelta(days=7)

    prune_deliveries()

    rows = UnreadMail.objects.order_by("pk").values_list("result", "messages")
    assert list(rows) == [("sent", 6), ("failed", 8)]


def test_admin_finds_the_emails_of_a_person(bob: User, alice: User) -> None:
    UnreadMail.objects.create(recipient=bob, result="skipped", reason="the person is silent")
    UnreadMail.objects.create(recipient=alice, result="sent")
    root = make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True)
    browser = Browser()
    browser.force_login(root)

    page = browser.get("/admin/push/unreadmail/?q=bob@example.com").content.decode()

    assert "the person is silent" in page
    assert "alice@example.com" not in page


# Processes
# ------------------------------------------------------------------------------
own_processes = pytest.mark.django_db(transaction=True)


@own_processes
def test_two_workers_send_one_email(waiting: User, server: MailServer, tmp_path: Path) -> None:
    with pushing(tmp_path, EMAIL_URL=server.url), pushing(tmp_path, EMAIL_URL=server.url):
        eventually(UnreadMail.objects.filter(result="sent").first)
        eventually(lambda: None if MAILS.exists() else True)

    assert len(server.mails) == 1


@own_processes
def test_worker_killed_between_claim_and_send_leads_to_one_email(
    waiting: User, server: MailServer, tmp_path: Path
) -> None:
    server.greeting.clear()
    with pushing(tmp_path, EMAIL_URL=server.url) as killed:
        eventually(UnreadMail.objects.filter(result="sending").first)
        killed.kill()
        killed.wait()
    server.greeting.set()
    expire_leases()

    with pushing(tmp_path, EMAIL_URL=server.url):
        eventually(UnreadMail.objects.filter(result="sent").first)

    assert len(server.mails) == 1
    assert results() == [("sent", "", 2)]


@own_processes
def test_worker_killed_before_it_knows_of_the_success_repeats_the_same_email(
    waiting: User, server: MailServer, tmp_path: Path
) -> None:
    server.answer.clear()
    with pushing(tmp_path, EMAIL_URL=server.url) as killed:
        eventually(lambda: server.mails or None)
        killed.kill()
        killed.wait()
    server.answer.set()
    expire_leases()

    with pushing(tmp_path, EMAIL_URL=server.url):
        eventually(UnreadMail.objects.filter(result="sent").first)

    first, second = (each.message["Message-ID"] for each in server.mails)
    assert first == second


@own_processes
def test_worker_killed_after_the_success_repeats_nothing(
    waiting: User, server: MailServer, tmp_path: Path
) -> None:
    for _ in range(2):
        with pushing(tmp_path, EMAIL_URL=server.url) as process:
            eventually(MailCursor.objects.filter(wait="day", scanned_up_to=0).first)
            eventually(MailCursor.objects.filter(wait="hour", scanned_up_to__gt=0).first)
            eventually(UnreadMail.objects.filter(result="sent").first)
            process.kill()
            process.wait()
        MailCursor.objects.update(scanned_up_to=0)
        Job.objects.filter(kind="notifications.mail_sweep").update(
            due_at=Now(), claimed_by=None, state="waiting"
        )
        expire_leases()

    assert len(server.mails) == 1
