from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client as Browser
from django.utils import timezone

from jobs.models import Job
from messaging.models import Conversation, MessageReading, MessageRemoval
from notifications.models import (
    DeliveryOutcome,
    DeviceToken,
    MailMark,
    PushDelivery,
    PushMark,
    UnreadMail,
)
from privacy.models import DataExport
from tests.admin.pages import registered_models
from tests.factories import impersonate, make_person, tokens_of, write
from trainer.models import Invitation
from users.models import User
from users.services.sessions import record_view


@pytest.fixture
def everything(alice: User, bob: User, conversation: Conversation) -> Conversation:
    """Return a conversation between Alice and Bob, who have a row in every model that refers to people."""
    (mine,) = write(bob, conversation, "Mine")
    MessageRemoval.objects.create(
        message=mine, removed_by_email="support@example.com", reason="Rude"
    )
    DataExport.objects.create(user=alice)
    MessageReading.objects.create(
        conversation=conversation, reader_email="support@example.com", reason="Ticket 7"
    )
    for person in (alice, bob):
        tokens_of(person)
        person.groups.add(Group.objects.get_or_create(name="Members")[0])
        session = person.auth_sessions.get(kind="SIGN_IN")
        device = DeviceToken.objects.create(
            user=person, token=f"push-{person.pk}", platform="ios", session=session
        )
        PushMark.objects.create(conversation=conversation, recipient=person, up_to=1)
        told: dict[str, Any] = {"conversation": conversation, "recipient": person, "up_to": 1}
        PushDelivery.objects.create(**told, device=device)
        DeliveryOutcome.objects.create(
            **told, device_id=device.pk, result=DeliveryOutcome.Result.SENT, attempt=1
        )
        MailMark.objects.create(user=person, told_until=timezone.now())
        UnreadMail.objects.create(recipient=person, result=UnreadMail.Result.SENT, attempt=1)
    bob.auth_session, _ = impersonate(bob, by=alice)
    bob.is_impersonated = True
    record_view(viewer=bob, method="GET", path="/api/auth/users/me/")
    Invitation.objects.create(
        trainer=alice,
        email="eve@example.com",
        code_hash="secret-code",
        expires_at=timezone.now() + timedelta(days=1),
    )
    Job.objects.create(kind="users.send_reset", args={"user_id": bob.pk}, state=Job.State.WAITING)
    return conversation


def make_staff(name: str, *permissions: str) -> User:
    """Create a staff user with these permissions, for example "view_user"."""
    staff = make_person(name, role=User.Role.ADMIN, is_staff=True)
    staff.user_permissions.add(*Permission.objects.filter(codename__in=permissions))
    return staff


@pytest.fixture
def root(db: None) -> User:
    return make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True)


@pytest.fixture
def viewer(db: None) -> User:
    """A staff user who may view everything and change nothing."""
    return make_staff("viewer", *(f"view_{each._meta.model_name}" for each in registered_models()))


@pytest.fixture
def superuser(root: User) -> Browser:
    """A browser signed in as a superuser."""
    return browser_of(root)


@pytest.fixture
def viewing(viewer: User) -> Browser:
    """A browser signed in as a staff user who may view everything and change nothing."""
    return browser_of(viewer)


def browser_of(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser
