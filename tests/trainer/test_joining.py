"""Accepting an invitation opens the conversation, with a line that says who has joined."""

from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoCaptureOnCommitCallbacks

from api.throttling import counter, try_hit
from messaging.models import Conversation, Message
from messaging.services.archiving import prepare_account_deletion
from messaging.services.sending import send_message
from tests.conftest import Client
from tests.factories import PASSWORD, make_trainee, open_conversation
from tests.jobs.running import run_due
from tests.messaging.announcements import list_events
from tests.messaging.bodies import conversation_body, message_body, page_body
from tests.messaging.parallel import overlapping, run_at_once, run_before_commit
from tests.trainer.test_interrupted import Interrupted, Interruption
from tests.users.post import wait_for_mail
from trainer.codes import make_code
from trainer.exceptions import AlreadyHasTrainer, InvalidInvitation
from trainer.models import Invitation
from trainer.services.invitations import invite_trainee
from trainer.services.joining import Joined, accept_invitation
from trainer.services.trainees import remove_trainee
from users.models import AuthSession, User
from users.services.accounts import deactivate_user
from users.services.erasure import MessageChoice

pytestmark = pytest.mark.django_db

CONVERSATIONS = "/api/messaging/conversations/"
EVE: dict[str, Any] = {"password": PASSWORD, "first_name": "Eve", "last_name": "New"}


def join(trainer: User, email: str = "eve@example.com", **changes: Any) -> Joined:
    invitation, _ = invite_trainee(trainer=trainer, email=email)
    return accept_invitation(code=make_code(invitation), **{**EVE, **changes})


def test_joining_opens_a_conversation_that_the_trainer_has_not_read(
    api: Client, alice: User
) -> None:
    joined = join(alice)

    conversation, line = Conversation.objects.get(), Message.objects.get()
    assert joined.conversation_id == conversation.pk
    assert (line.sender, line.content) == (joined.user, "Eve has joined.")
    api.as_user(alice)
    assert api.get(CONVERSATIONS).json() == page_body(
        conversation_body(conversation, preview="Eve has joined.", unread=1, kind="joined"), count=1
    )
    assert api.get("/api/messaging/unread-count/").json() == {"unread_count": 1}
    messages = api.get(f"{CONVERSATIONS}{conversation.pk}/messages/").json()
    assert messages == page_body({**message_body(line), "event": "joined"}, count=1)


@pytest.mark.parametrize("choice", MessageChoice)
def test_line_of_an_erased_trainee_has_no_name(
    api: Client, alice: User, choice: MessageChoice
) -> None:
    joined = join(alice)
    url = f"{CONVERSATIONS}{joined.conversation_id}/messages/"
    send_message(sender=joined.user, conversation_id=joined.conversation_id, content="Hi")

    call_command("erase_person", joined.user.email, "--messages", choice.value)
    run_due()

    rows = api.as_user(alice).get(url).json()["results"]
    kept = [("Hi", None), ("[removed] has joined.", "joined")]
    expected = kept if choice == MessageChoice.KEEP else [("", None), ("", None)]
    assert [(each["content"], each["event"]) for each in rows] == expected


def test_line_of_a_deleted_trainee_has_no_name(alice: User) -> None:
    joined = join(alice)

    prepare_account_deletion(user=joined.user)

    assert Message.objects.get().content == "[removed] has joined."


def test_trainee_sees_the_line_and_has_nothing_to_read(api: Client, alice: User) -> None:
    eve = join(alice).user

    conversation = Conversation.objects.get()
    api.as_user(eve)
    assert api.get(CONVERSATIONS).json() == page_body(
        conversation_body(conversation, preview="Eve has joined.", unread=0, kind="joined"), count=1
    )
    assert api.get("/api/messaging/unread-count/").json() == {"unread_count": 0}


def test_trainee_can_write_first(api: Client, alice: User) -> None:
    joined = join(alice)

    url = f"{CONVERSATIONS}{joined.conversation_id}/send/"
    response = api.as_user(joined.user).post(url, {"content": "Hello Alice"})

    assert response.status_code == 201
    assert response.json()["version"] == 2


def test_both_people_are_told_at_the_commit(
    alice: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        joined = join(alice)

    told = [
        (group, event["conversation_id"], event["version"])
        for group, event in list_events(callbacks)
        if event["type"] == "conversation.changed"
    ]
    change = (joined.conversation_id, 1)
    assert told == [(f"user.{alice.pk}", *change), (f"user.{joined.user.pk}", *change)]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (
            {"first_name": "\u05e0\u05d5\u05e2\u05d4"},
            "\u2068\u05e0\u05d5\u05e2\u05d4\u2069 has joined.",
        ),
        ({"first_name": "", "last_name": ""}, "eve@example.com has joined."),
        ({"first_name": "x" * 150}, f"{'x' * 150} has joined."),
    ],
)
def test_line_names_the_trainee(alice: User, names: dict[str, str], expected: str) -> None:
    User.objects.filter(pk=make_trainee("eve", None).pk).update(**names)

    join(alice)

    assert Message.objects.get().content == expected


def test_returning_trainee_finds_the_conversation_open_again(api: Client, alice: User) -> None:
    first = join(alice)
    remove_trainee(trainer=alice, trainee_id=first.user.pk)

    again = join(alice)

    conversation = Conversation.objects.get()
    assert again.conversation_id == first.conversation_id
    assert (conversation.is_archived, conversation.last_known) == (False, None)
    lines = Message.objects.order_by("pk").values_list("content", "version")
    assert list(lines) == [("Eve has joined.", 1), ("Eve has joined.", 3)]
    listed = api.as_user(again.user).get(CONVERSATIONS).json()["results"]
    assert [each["id"] for each in listed] == [conversation.pk]


def test_trainee_who_joins_another_trainer_gets_another_conversation(
    alice: User, dora: User
) -> None:
    eve = join(alice).user
    remove_trainee(trainer=alice, trainee_id=eve.pk)

    joined = join(dora)

    assert Conversation.objects.active().get().pk == joined.conversation_id
    assert Conversation.objects.filter(is_archived=True).get().trainer == alice


def test_conversation_of_a_trainee_who_was_assigned_by_staff_stays_one(alice: User) -> None:
    eve = make_trainee("eve", alice)
    conversation = open_conversation(alice, eve)
    User.objects.filter(pk=eve.pk).update(parent_trainer=None)

    assert join(alice).conversation_id == conversation.pk
    assert Message.objects.count() == 2


def test_line_does_not_count_towards_the_limit_of_messages(alice: User) -> None:
    eve = make_trainee("eve", None)
    while try_hit("messaging", eve.pk):
        pass

    join(alice)

    assert Message.objects.get().sender == eve
    counter().reset()


def test_second_acceptance_adds_no_line(alice: User) -> None:
    invitation, _ = invite_trainee(trainer=alice, email="eve@example.com")
    code = make_code(invitation)
    accept_invitation(code=code, **EVE)

    with pytest.raises(InvalidInvitation):
        accept_invitation(code=code, **EVE)

    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_account", [True, False])
def test_two_tabs_that_accept_at_once_add_one_line(alice: User, has_account: bool) -> None:
    if has_account:
        make_trainee("eve", None)
    invitation, _ = invite_trainee(trainer=alice, email="eve@example.com")
    accept = partial(accept_invitation, code=make_code(invitation), **EVE)

    joined, refused = run_at_once([accept] * 4)

    assert (len(joined), len(refused)) == (1, 3)
    assert {type(each) for each in refused} <= {InvalidInvitation, AlreadyHasTrainer}
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@overlapping
def test_trainer_deactivated_meanwhile_gets_neither_trainee_nor_conversation(alice: User) -> None:
    invitation, _ = invite_trainee(trainer=alice, email="eve@example.com")
    accept = partial(accept_invitation, code=make_code(invitation), **EVE)

    outcome = run_before_commit(lambda: deactivate_user(user=alice), accept)

    assert isinstance(outcome, InvalidInvitation)
    assert not User.objects.filter(email="eve@example.com").exists()
    assert not Conversation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_interrupted_acceptance_changes_nothing(alice: User) -> None:
    invitation, _ = invite_trainee(trainer=alice, email="eve@example.com")
    wait_for_mail()
    accept = partial(accept_invitation, code=make_code(invitation), **EVE)
    writes = 0

    while True:
        try:
            with connection.execute_wrapper(Interruption(writes)):
                accept()
            break
        except Interrupted:
            assert not Invitation.objects.filter(accepted_at__isnull=False).exists()
            assert not User.objects.filter(email="eve@example.com").exists()
            assert not Conversation.objects.exists()
            assert not Message.objects.exists()
            assert not AuthSession.objects.exists()
            writes += 1

    assert writes
    assert Message.objects.count() == 1
