"""Deleting a person in the admin erases them in a job; conversations and messages stay by default."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.base import ContentFile
from django.test import Client as Browser
from pytest_django import DjangoCaptureOnCommitCallbacks

from messaging.models import Conversation, Message
from notifications.models import (
    DeliveryOutcome,
    DeviceToken,
    MailMark,
    PushDelivery,
    PushMark,
    UnreadMail,
)
from tests.admin.conftest import browser_of, make_staff
from tests.admin.pages import snapshot
from tests.conftest import Client
from tests.factories import access_of, impersonate, make_person
from tests.jobs.running import run_due
from tests.messaging.announcements import list_events
from trainer.models import Invitation
from users.models import AuthSession, ImpersonationView, User

USERS = "/admin/users/user/"


def delete(browser: Browser, way: str, *people: User, **choice: str) -> Any:
    """Delete people on the page of each, or as a selection; then run the jobs."""
    if way == "button":
        for each in people:
            answer = browser.post(f"{USERS}{each.pk}/delete/", {"post": "yes", **choice})
    else:
        selected = [each.pk for each in people]
        form = {"action": "delete_selected", "_selected_action": selected, "post": "yes"}
        answer = browser.post(USERS, {**form, **choice})
    run_due()
    return answer


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
    for model in (
        DeviceToken,
        DeliveryOutcome,
        MailMark,
        PushDelivery,
        PushMark,
        UnreadMail,
    ):
        assert model._default_manager.count() == 1


@both_ways
def test_both_people_of_a_conversation_are_deleted_and_the_messages_stay(
    superuser: Browser, alice: User, bob: User, everything: Conversation, way: str
) -> None:
    delete(superuser, way, alice, bob)

    assert not User.objects.filter(pk__in=[alice.pk, bob.pk]).exists()
    assert Conversation.objects.get().participant_ids == ()
    left = Message.objects.filter(sender=None).order_by("created_version")
    assert list(left.values_list("content")) == [
        ("Hello",),
        ("Mine",),
    ]
    assert not AuthSession.objects.exists()
    assert not ImpersonationView.objects.exists()


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
    assert not LogEntry.objects.filter(user=sam).exists()
    assert AuthSession.objects.get().impersonator_email == "[removed]"


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


def test_confirmation_lists_people_and_offers_to_erase_their_messages(
    superuser: Browser, everything: Conversation, alice: User
) -> None:
    selected = {"action": "delete_selected", "_selected_action": [alice.pk]}
    button = superuser.get(f"{USERS}{alice.pk}/delete/")

    for page in (button, superuser.post(USERS, selected)):
        text = page.content.decode()
        assert "Alice Tester &lt;alice@example.com&gt;" in text
        assert 'name="messages" value="keep" checked' in text
        assert 'name="messages" value="erase"' in text
        assert 'name="post" value="yes"' in text


@both_ways
def test_messages_are_erased_by_choice(
    superuser: Browser, everything: Conversation, alice: User, way: str
) -> None:
    delete(superuser, way, alice, messages="erase")

    contents = Message.objects.order_by("pk").values_list("content", flat=True)
    assert list(contents) == ["", "Mine"]


@both_ways
def test_unknown_choice_is_refused(superuser: Browser, alice: User, way: str) -> None:
    answer = delete(superuser, way, alice, messages="some")

    assert answer.status_code == 400
    assert User.objects.get(pk=alice.pk).is_active


def test_person_whose_erasure_has_begun_is_not_in_the_lists(
    superuser: Browser, alice: User, bob: User
) -> None:
    for each in (alice, bob):
        superuser.post(f"{USERS}{each.pk}/delete/", {"post": "yes"})

    for page in (f"{USERS}{alice.pk}", f"{USERS}{bob.pk}", f"/admin/trainer/trainee/{bob.pk}"):
        assert superuser.get(f"{page}/change/").status_code == 302


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
    assert (conversation.trainee, conversation.version) == (None, 2)


def test_trainees_of_a_deleted_trainer_stay_without_a_trainer(
    superuser: Browser, alice: User, bob: User
) -> None:
    delete(superuser, "button", alice)

    bob.refresh_from_db()
    assert (bob.is_active, bob.parent_trainer) == (True, None)


def test_picture_of_a_deleted_person_is_deleted(
    superuser: Browser, bob: User, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    bob.profile_image.save("bob.jpg", ContentFile(b"picture"))
    path = bob.profile_image.path

    delete(superuser, "button", bob)

    assert not bob.profile_image.storage.exists(path)
