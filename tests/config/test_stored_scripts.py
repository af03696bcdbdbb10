"""User input is text everywhere: a `<script>` in names and messages never runs."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from jobs.models import Job
from messaging.models import Conversation, MessageReading, MessageRemoval
from notifications.models import DeliveryOutcome, DeviceToken, UnreadMail
from privacy.models import DataExport
from tests.conftest import Client
from tests.factories import (
    impersonate,
    make_person,
    make_trainee,
    make_trainer,
    open_conversation,
    tokens_of,
)
from trainer.models import Invitation
from users.models import User
from users.services.sessions import record_view

SCRIPT = "<script>alert(1)</script>"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"
NAMES = {"first_name": SCRIPT, "last_name": f'"{SCRIPT}', "phone_number": "<script>alert(1)"}


@pytest.fixture
def scripts(db: None) -> Conversation:
    """Put a script into every field that users can write; every model of the admin has a row."""
    trainer = make_trainer(f"t{SCRIPT}", business_name=SCRIPT, **NAMES)
    trainee = make_trainee(f"s{SCRIPT}", trainer, **NAMES)
    tokens_of(trainer)
    trainee.auth_session, _ = impersonate(trainee, by=trainer)
    trainee.is_impersonated = True
    record_view(viewer=trainee, method="GET", path=f"/{SCRIPT}")
    device = DeviceToken.objects.create(
        user=trainer, token=SCRIPT, platform="ios", user_agent=SCRIPT, last_failure=SCRIPT
    )
    Group.objects.create(name=SCRIPT)
    Invitation.objects.create(
        trainer=trainer,
        email=f"{SCRIPT}@example.com",
        message=SCRIPT,
        expires_at=timezone.now() + timedelta(days=1),
    )
    conversation = open_conversation(trainer, trainee, SCRIPT)
    DeliveryOutcome.objects.create(
        conversation=conversation,
        recipient=trainer,
        device_id=device.pk,
        up_to=1,
        attempt=1,
        reason=SCRIPT,
    )
    UnreadMail.objects.create(recipient=trainer, result=UnreadMail.Result.SKIPPED, reason=SCRIPT)
    Job.objects.create(kind="mail", args={"to": SCRIPT}, last_error=SCRIPT)
    MessageReading.objects.create(conversation=conversation, reader_email="x", reason=SCRIPT)
    MessageRemoval.objects.create(
        message=conversation.messages.all()[0], removed_by_email="x", reason=SCRIPT
    )
    DataExport.objects.create(user=trainer, requested_by_email=SCRIPT)
    return conversation


@pytest.fixture
def browser(scripts: Conversation) -> Browser:
    root = make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True, **NAMES)
    browser = Browser()
    browser.force_login(root)

    return browser


def list_pages(browser: Browser, model: type[Model]) -> Iterator[Any]:
    """Return a model's list, and every accessible page of its first row."""
    base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    changelist = browser.get(reverse(f"{base}_changelist"), {"q": "" if model is Job else SCRIPT})
    yield changelist
    row = changelist.context["cl"].root_queryset.first()
    for page in ("change", "history", "delete"):
        yield browser.get(reverse(f"{base}_{page}", args=[row.pk]))


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model.__name__)
def test_admin_escapes_scripts_on_every_page(browser: Browser, model: type[Model]) -> None:
    pages = [each for each in list_pages(browser, model) if each.status_code != 403]

    assert {each.status_code for each in pages} == {200}
    assert len(pages) >= 3
    assert not [each for each in pages if SCRIPT in each.content.decode()]
    for page in pages[:2]:  # the list and the row; other pages may show only an id
        assert ESCAPED in page.content.decode()


def test_api_returns_scripts_as_json_that_browsers_do_not_render(
    api: Client, scripts: Conversation
) -> None:
    assert scripts.trainer
    path = f"/api/messaging/conversations/{scripts.pk}/messages/"

    response = api.as_user(scripts.trainer).get(path)

    assert response.json()["results"][0]["content"] == SCRIPT
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
