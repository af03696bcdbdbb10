"""What staff did with an action is in the history of each row that it has changed."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client as Browser
from django.utils import timezone

from jobs.models import Job
from messaging.models import Conversation
from tests.factories import impersonate, make_trainee, open_conversation, tokens_of
from users.models import AuthSession, User


def act(browser: Browser, path: str, action: str) -> list[tuple[str, str]]:
    """Run an action on all rows of a list; return the new entries: model and id, and the message."""
    known = set(LogEntry.objects.values_list("pk", flat=True))
    model = path.replace("/", ".")
    rows = {
        "users.user": User.objects.filter(is_staff=False),
        "users.authsession": AuthSession.objects.all(),
        "users.impersonationsession": AuthSession.objects.all(),
        "messaging.conversation": Conversation.objects.all(),
        "jobs.job": Job.objects.all(),
    }[model]
    selected = list(rows.values_list("pk", flat=True))
    browser.post(f"/admin/{path}/", {"action": action, "_selected_action": selected})
    entries = LogEntry.objects.exclude(pk__in=known).select_related("content_type").order_by("pk")
    return sorted(
        (f"{each.content_type.model} {each.object_id}", each.change_message)  # type: ignore[union-attr]  # set
        for each in entries
    )


def test_history_tells_who_deactivated_and_reactivated_a_person(
    superuser: Browser, alice: User, bob: User
) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)

    deactivated = act(superuser, "users/user", "deactivate")
    reactivated = act(superuser, "users/user", "reactivate")

    page = superuser.get(f"/admin/users/user/{alice.pk}/history/").content.decode()
    assert deactivated == [(f"user {alice.pk}", "Deactivated")]
    assert reactivated == [(f"user {each.pk}", "Reactivated") for each in (alice, bob)]
    assert "Deactivated" in page
    assert "root@example.com" in page


def test_history_of_a_person_tells_who_ended_their_sessions(
    superuser: Browser, alice: User, bob: User, charlie: User
) -> None:
    for person in (alice, alice, bob):
        tokens_of(person)
    impersonate(charlie, by=alice)
    AuthSession.objects.filter(user=bob).update(ended_at=timezone.now())

    assert act(superuser, "users/authsession", "end") == [(f"user {alice.pk}", "Sign-in ended")]
    assert act(superuser, "users/impersonationsession", "end") == [
        (f"user {charlie.pk}", "Impersonation ended")
    ]


def test_history_of_a_conversation_tells_who_archived_and_reopened_it(
    superuser: Browser, alice: User, bob: User, conversation: Conversation
) -> None:
    former = make_trainee("former", alice)
    archived = open_conversation(alice, former)
    Conversation.objects.filter(pk=archived.pk).update(is_archived=True)
    User.objects.filter(pk=former.pk).update(parent_trainer=None)

    entry = f"conversation {conversation.pk}"
    assert act(superuser, "messaging/conversation", "archive") == [(entry, "Archived")]
    assert act(superuser, "messaging/conversation", "reopen") == [(entry, "Reopened")]


@pytest.mark.parametrize(("action", "text"), [("retry", "Run now"), ("discard", "Discarded")])
def test_history_of_a_job_tells_who_ran_or_discarded_it(
    superuser: Browser, action: str, text: str
) -> None:
    given_up = Job.objects.create(kind="x", args={}, key="own", state=Job.State.FAILED, due_at=None)
    Job.objects.create(kind="x", args={}, state=Job.State.RUNNING, claimed_by="worker")
    Job.objects.create(kind="x", args={}, state=Job.State.DISCARDED, due_at=None, key="other")

    assert act(superuser, "jobs/job", action) == [(f"job {given_up.pk}", text)]
