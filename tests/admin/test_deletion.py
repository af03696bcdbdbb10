"""Deleting a person deletes their personal rows; conversations, messages and audit records stay."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.base import ContentFile
from django.test import Client as Browser
from pytest_django import DjangoCaptureOnCommitCallbacks

from messaging.models import Conversation, Message
from notifications.models import DeviceToken, PushDelivery, PushMark
from tests.admin.conftest import browser_of, make_staff
from tests.admin.pages import snapshot
from tests.conftest import Client
from tests.factories import access_of, impersonate, make_person
from tests.messaging.announcements import list_events
from trainer.models import Invitation
from users.models import AuthSession, ImpersonationView, User

USERS = "/admin/users/user/"


def delete(browser: Browser, way: str, *people: User) -> Any:
    if way == "button":
        for each in people:
            answer = browser.post(f"{USERS}{each.pk}/delete/", {"post": "yes"})
        return answer
    selected = [each.pk for each in people]
    form = {"action": "delete_selected", "_selected_action": selected, "post": "yes"}
    return browser.post(USERS, form)


both_ways = pytest.mark.parametrize("way", ["button", "action"])


@both_ways
@pytest.mark.parametrize("name", ["alice", "bob"])
def test_person_with_rows_of_every_kind_is_deleted(
    request: pytest.FixtureRequest,
    superuser: Browser,
    everything: Conversation,
    way: str,
    name: str,
) -> None:
    person: User = request.getfixturevalue(name)
    kept = set(Message.objects.values_list("pk", "content"))

    answer = delete(superuser, way, person)

    assert answer.status_code == 302
    assert not User.objects.filter(pk=person.pk).exists()
    assert set(Message.objects.values_list("pk", "content")) == kept
    everything.refresh_from_db()
    assert (everything.trainer is None, everything.trainee is None) == (
        name == "alice",
        name == "bob",
    )
    assert Invitation.objects.count() == (0 if name == "alice" else 1)
    for model in (DeviceToken, PushDelivery, PushMark):
        assert model._default_manager.count() == 1


@both_ways
def test_both_people_of_a_conversation_are_deleted_and_the_records_stay(
    superuser: Browser, alice: User, bob: User, everything: Conversation, way: str
) -> None:
    delete(superuser, way, alice, bob)

    assert not User.objects.filter(pk__in=[alice.pk, bob.pk]).exists()
    sessions = AuthSession.objects.order_by("pk").values_list("user_email", "impersonator_email")
    assert list(sessions) == [
        ("alice@example.com", ""),
        ("bob@example.com", ""),
        ("bob@example.com", "alice@example.com"),
    ]
    assert not AuthSession.objects.filter(ended_at=None).exists()
    assert ImpersonationView.objects.count() == 1


@both_ways
def test_staff_user_with_log_entries_is_deleted(
    superuser: Browser, alice: User, dora: User, way: str
) -> None:
    sam = make_person("sam", is_staff=True, is_superuser=True)
    browser_of(sam).post(f"{USERS}{dora.pk}/change/", {"email": dora.email, "role": dora.role})
    impersonate(alice, by=sam)
    assert LogEntry.objects.filter(user=sam).exists()

    delete(superuser, way, sam)

    assert not User.objects.filter(pk=sam.pk).exists()
    assert AuthSession.objects.get().impersonator_email == "sam@example.com"


@both_ways
def test_permission_to_delete_people_is_enough(
    everything: Conversation, alice: User, way: str
) -> None:
    browser = browser_of(make_staff("sam", "view_user", "delete_user"))

    assert delete(browser, way, alice).status_code == 302
    assert not User.objects.filter(pk=alice.pk).exists()


@both_ways
def test_deletion_without_permission_is_refused(
    viewing: Browser, everything: Conversation, alice: User, way: str
) -> None:
    before = snapshot()

    delete(viewing, way, alice)

    assert snapshot() == before


@both_ways
def test_staff_cannot_delete_a_selection_that_contains_a_privileged_user(
    root: User, bob: User, way: str
) -> None:
    browser = browser_of(make_staff("sam", "view_user", "delete_user"))

    assert delete(browser, way, bob, root).status_code == 403
    assert User.objects.filter(pk=root.pk).exists()
    assert User.objects.filter(pk=bob.pk).exists() is (way == "action")


def test_confirmation_lists_people_and_their_related_rows(
    superuser: Browser, everything: Conversation, alice: User
) -> None:
    selected = {"action": "delete_selected", "_selected_action": [alice.pk]}
    button = superuser.get(f"{USERS}{alice.pk}/delete/")

    for page in (button, superuser.post(USERS, selected)):
        text = page.content.decode()
        assert "Conversations, messages and the record of sessions are kept." in text
        assert "Alice Tester &lt;alice@example.com&gt;" in text
        for counted in ("Users: 1", "Device tokens: 1", "Invitations: 1", "Push deliveries: 1"):
            assert counted in " ".join(text.replace("<li>", "").split())
        assert 'name="post" value="yes"' in text


def test_deleted_person_loses_access_immediately(
    superuser: Browser,
    api: Client,
    alice: User,
    bob: User,
    conversation: Conversation,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    access = access_of(bob)

    with django_capture_on_commit_callbacks() as callbacks:
        delete(superuser, "button", bob)

    assert api.with_token(access).get("/api/auth/users/me/").status_code == 401
    assert (f"user.{bob.pk}", {"type": "access.changed"}) in list_events(callbacks)
    conversation.refresh_from_db()
    assert conversation.version == 2


def test_trainees_of_a_deleted_trainer_stay_without_a_trainer(
    superuser: Browser, alice: User, bob: User
) -> None:
    delete(superuser, "button", alice)

    bob.refresh_from_db()
    assert (bob.is_active, bob.parent_trainer) == (True, None)


def test_picture_of_a_deleted_person_is_deleted(
    superuser: Browser,
    bob: User,
    settings: Any,
    tmp_path: Any,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    bob.profile_image.save("bob.jpg", ContentFile(b"picture"))
    path = bob.profile_image.path

    with django_capture_on_commit_callbacks(execute=True):
        delete(superuser, "button", bob)

    assert not bob.profile_image.storage.exists(path)
