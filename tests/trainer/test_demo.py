"""The demo that `make run` creates, and that the README's screenshots show."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.core.management import call_command

from jobs.models import Job
from messaging.models import Conversation, Message
from messaging.selectors import count_unread
from notifications.services.mail_sweeping import sweep_mails
from trainer.demo import addresses, fill, people, talks
from trainer.models import Invitation
from users.models import User

ZONE = timezone(timedelta(hours=-5))
AFTERNOON = datetime(2026, 11, 24, 17, 20, tzinfo=ZONE)
MORNING = AFTERNOON.replace(hour=9)


def test_demo_has_the_conversations_of_the_readme(db: None) -> None:
    trainer = fill.fill_demo(now=AFTERNOON, password="x")

    shown = Conversation.objects.active().order_by("-last_message_at")

    assert [each.trainee.get_full_name() for each in shown if each.trainee] == [
        "Noor Rahman",
        "Maya Lindholm",
        "Tariq Haddad",
        "Jonas Weber",
        "Sofia Rossi",
        "Amélie Durand",
        "Li Wei",
        "Daniel Okafor",
        "Hannah Schmidt",
        "Igor Petrov",
        "Clara Nunes",
        "Oskar Petersen",
    ]
    assert count_unread(user=trainer) == 7
    assert trainer.trainees.count() == len(people.TRAINEES) - 1
    assert Conversation.objects.get(is_archived=True).trainee_id is not None
    assert Invitation.objects.filter(trainer=trainer).count() == len(fill.INVITED)


@pytest.mark.parametrize("now", [AFTERNOON, MORNING])
def test_demo_was_written_by_day_and_before_now(db: None, now: datetime) -> None:
    fill.fill_demo(now=now, password="x")

    sent = [each.astimezone(ZONE) for each in Message.objects.values_list("created_at", flat=True)]

    assert max(sent) <= now
    assert now - max(sent) < timedelta(days=1)
    assert {each.hour for each in sent} <= set(range(7, 22))


def test_demo_begins_without_an_email_about_its_unread_messages(db: None) -> None:
    fill.fill_demo(now=AFTERNOON, password="x")

    sweep_mails()

    assert Message.objects.filter(created_at__lt=AFTERNOON, read_at=None).exists()
    assert not Job.objects.filter(kind="notifications.mail_unread").exists()


def test_demo_people_have_the_addresses_that_the_command_prints(db: None) -> None:
    fill.fill_demo(now=datetime.now(UTC), password="demo")

    trainee = User.objects.get(email="trainee@example.com")

    assert trainee.get_full_name() == talks.MAYA
    assert trainee.check_password("demo")
    assert trainee.parent_trainer == User.objects.get(email="trainer@example.com")
    assert User.objects.get(email="ines.fernandez-montenegro@example.com").is_active
    assert not User.objects.get(email=addresses.address_of(people.INACTIVE)).is_active


def test_malformed_line_of_a_talk_creates_nothing(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(talks.TALKS, talks.MAYA, "yesterday > Hello")

    with pytest.raises(ValueError, match="yesterday > Hello"):
        fill.fill_demo(now=AFTERNOON, password="x")

    assert not User.objects.exists()


def test_second_demo_changes_nothing(db: None, settings: Any) -> None:
    settings.DEBUG = True
    call_command("demo")
    before = list(User.objects.order_by("pk").values())

    call_command("demo")

    assert list(User.objects.order_by("pk").values()) == before
