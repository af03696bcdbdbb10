"""Staff read private messages only with the permission, for a reason, and with a record."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from api.exceptions import FieldInvalid
from messaging.models import Conversation, Message, MessageReading
from messaging.photos import links_of
from messaging.services.inspecting import (
    ReadingNotAllowed,
    ReasonNeeded,
    begin_reading,
    read_messages,
)
from messaging.services.removing import remove_message
from tests.admin.conftest import browser_of, make_staff
from tests.conftest import Client
from tests.factories import make_person, write
from tests.messaging.photos import send_photo
from users.models import User

SECRET = "My knee hurts since the divorce"
REASON = "Ticket 4711"


@pytest.fixture
def sam(db: None) -> User:
    return make_staff("sam", "view_conversation", "view_message", "read_message_content")


@pytest.fixture
def root(db: None) -> User:
    return make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True)


@pytest.fixture
def secret(bob: User, conversation: Conversation) -> Conversation:
    write(bob, conversation, SECRET)
    return conversation


def page_of(conversation: Conversation) -> str:
    return reverse("admin:messaging_conversation_read", args=[conversation.pk])


@pytest.mark.parametrize("name", ["sam", "root"])
def test_messages_are_shown_after_a_reason_and_leave_a_record(
    request: pytest.FixtureRequest, secret: Conversation, name: str
) -> None:
    reader: User = request.getfixturevalue(name)
    browser = browser_of(reader)

    asked = browser.get(page_of(secret)).content.decode()
    begun = browser.post(page_of(secret), {"reason": REASON})
    shown = browser.get(page_of(secret))

    assert SECRET not in asked
    assert begun.status_code == 302
    assert SECRET in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    (record,) = MessageReading.objects.values_list(
        "reader", "reader_email", "conversation", "reason", "pages_read"
    )
    assert record == (reader.pk, reader.email, secret.pk, REASON, 1)
    assert not Message.objects.filter(read_at__isnull=False).exists()


def test_photos_are_shown_to_those_who_may_read_messages(
    api: Client,
    bob: User,
    sam: User,
    conversation: Conversation,
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    photo = send_photo(api, bob, conversation)
    browser = browser_of(sam)
    browser.post(page_of(conversation), {"reason": REASON})

    page = browser.get(page_of(conversation)).content.decode()

    small, large = (escape(links_of(photo)[size]) for size in ("small", "large"))
    assert f'<a href="{large}" target="_blank" rel="noreferrer"><img src="{small}"' in page
    remove_message(message_id=photo.message_id or 0, reason="spam", by=sam)
    assert "<img" not in browser.get(page_of(conversation)).content.decode()


@pytest.mark.parametrize("reason", ["", "   ", "x", "x" * 501])
def test_nothing_is_shown_without_a_good_reason(
    root: User, secret: Conversation, reason: str
) -> None:
    browser = browser_of(root)

    answer = browser.post(page_of(secret), {"reason": reason})

    assert (answer.status_code, SECRET in answer.content.decode()) == (200, False)
    assert "errorlist" in answer.content.decode()
    assert SECRET not in browser.get(page_of(secret)).content.decode()
    assert not MessageReading.objects.exists()


@pytest.mark.parametrize("missing", ["read_message_content", "view_conversation"])
def test_reading_needs_both_permissions(sam: User, secret: Conversation, missing: str) -> None:
    sam.user_permissions.remove(Permission.objects.get(codename=missing))
    browser = browser_of(sam)

    answers = [browser.get(page_of(secret)), browser.post(page_of(secret), {"reason": REASON})]

    assert [each.status_code for each in answers] == [403, 403]
    assert not MessageReading.objects.exists()


def test_reason_is_for_one_conversation_one_reader_and_one_hour(
    sam: User, root: User, secret: Conversation, alice: User
) -> None:
    begin_reading(reader=sam, conversation_id=secret.pk, reason=REASON)

    for reader, pk in ((root, secret.pk), (sam, secret.pk + 1)):
        with pytest.raises(ReasonNeeded):
            read_messages(reader=reader, conversation_id=pk, before=10**9)
    MessageReading.objects.update(started_at=timezone.now() - timedelta(hours=1, seconds=1))
    with pytest.raises(ReasonNeeded):
        read_messages(reader=sam, conversation_id=secret.pk, before=10**9)


def test_service_refuses_without_the_permission(alice: User, secret: Conversation) -> None:
    with pytest.raises(ReadingNotAllowed):
        begin_reading(reader=alice, conversation_id=secret.pk, reason=REASON)
    with pytest.raises(ReadingNotAllowed):
        read_messages(reader=alice, conversation_id=secret.pk, before=10**9)


def test_service_refuses_without_a_reason(root: User, secret: Conversation) -> None:
    with pytest.raises(FieldInvalid):
        begin_reading(reader=root, conversation_id=secret.pk, reason="  ")


def test_older_messages_are_on_further_pages(
    root: User, bob: User, conversation: Conversation
) -> None:
    write(bob, conversation, *(f"Text {number:02}" for number in range(60)))
    browser = browser_of(root)
    browser.post(page_of(conversation), {"reason": REASON})

    first: Any = browser.get(page_of(conversation))
    second: Any = browser.get(page_of(conversation), {"before": first.context["older"]})

    texts = [each.content for page in (first, second) for each, _ in page.context["shown"]]
    assert texts == [*(f"Text {number:02}" for number in reversed(range(60))), "Hello"]
    assert second.context["older"] is None
    assert MessageReading.objects.get().pages_read == 2


@pytest.mark.parametrize("pk", [0, 2**63 - 1, 10**30])
def test_unknown_conversation_is_404(root: User, pk: int) -> None:
    answer = browser_of(root).get(f"/admin/messaging/conversation/{pk}/read/")

    assert answer.status_code == 404


def test_texts_are_escaped(root: User, bob: User, conversation: Conversation) -> None:
    write(bob, conversation, "<script>alert(1)</script>")
    browser = browser_of(root)
    browser.post(page_of(conversation), {"reason": REASON})

    page = browser.get(page_of(conversation)).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_record_is_visible_and_cannot_be_changed(root: User, secret: Conversation) -> None:
    browser = browser_of(root)
    reading = begin_reading(reader=root, conversation_id=secret.pk, reason=REASON)

    page = browser.get("/admin/messaging/messagereading/").content.decode()
    statuses = [
        browser.post(f"/admin/messaging/messagereading/{reading.pk}/{each}/", {}).status_code
        for each in ("change", "delete")
    ]

    assert REASON in page
    assert root.email in page
    assert statuses == [403, 403]


def test_logs_have_no_text(
    root: User, secret: Conversation, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    browser = browser_of(root)
    browser.post(page_of(secret), {"reason": REASON})

    browser.get(page_of(secret))

    own = [each.getMessage() for each in caplog.records if each.name != "django.db.backends"]
    assert [each for each in own if SECRET in each] == []
