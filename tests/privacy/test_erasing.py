"""An erasure ends access at once; a job deletes everything else about the person."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import DjangoCaptureOnCommitCallbacks

from jobs.exceptions import GiveUp
from jobs.models import Job
from messaging import frames, selectors
from messaging.models import Conversation, Message, Participant
from messaging.services import erasing
from messaging.services.editing import edit_message
from messaging.services.posting import post_message
from notifications.contents import get_notification
from notifications.models import (
    DeliveryOutcome,
    DeviceToken,
    MailMark,
    PushDelivery,
    PushMark,
    UnreadMail,
)
from notifications.selectors import Delivery
from privacy.services.erasing import erase
from tests.admin.conftest import browser_of
from tests.conftest import Client
from tests.factories import (
    PASSWORD,
    access_of,
    impersonate,
    make_person,
    write,
)
from tests.jobs.running import run_due, states
from tests.messaging.announcements import list_events, list_kinds, to
from tests.messaging.bodies import REMOVED_PARTICIPANT, REMOVED_SENDER
from tests.privacy.people import ERASE, KEEP, begin, list_rows_with
from trainer.models import Invitation
from trainer.services.invitations import invite_trainee
from users.models import ImpersonationView, User
from users.services.accounts import send_password_reset

LIST = "/api/messaging/conversations/"


def messages_of(conversation: Conversation) -> str:
    return f"{LIST}{conversation.pk}/messages/"


@pytest.mark.parametrize("name", ["alice", "bob"])
def test_no_row_contains_the_address_of_an_erased_person(
    request: pytest.FixtureRequest, everything: Conversation, dora: User, name: str
) -> None:
    person: User = request.getfixturevalue(name)
    email = person.email
    invite_trainee(trainer=dora, email=email)
    send_password_reset(email=email)
    Job.objects.update(last_error=f"SMTPRecipientsRefused: {email}")
    staff = make_person("sam", is_staff=True)
    LogEntry.objects.create(
        user=staff,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(person.pk),
        object_repr=str(person),
        action_flag=ADDITION,
    )
    begin(person)

    run_due()

    assert list_rows_with(email) == []
    assert not User.objects.filter(pk=person.pk).exists()
    for model in (
        DeviceToken,
        DeliveryOutcome,
        MailMark,
        PushDelivery,
        PushMark,
        UnreadMail,
    ):
        assert model._default_manager.count() == 1
    assert not LogEntry.objects.exists()


def test_access_and_personal_data_end_before_the_job_runs(
    api: Client,
    alice: User,
    bob: User,
    talk: Conversation,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    access = access_of(bob)
    _, looking = impersonate(bob, by=alice)

    with django_capture_on_commit_callbacks() as callbacks:
        begin(bob)

    assert to(bob, "access.changed") in list_kinds(callbacks)
    for token in (access, looking.access):
        assert api.with_token(token).get("/api/auth/users/me/").status_code == 401
    api.as_user(alice)
    (listed,) = api.get(LIST).json()["results"]
    page = api.get(messages_of(talk)).json()["results"]
    assert listed["trainee"] == REMOVED_PARTICIPANT
    assert [each["sender"] for each in page] == [
        REMOVED_SENDER,
        {"id": alice.pk, "first_name": "Alice", "last_name": "Tester", "profile_image": None},
    ]
    assert api.get("/api/trainer/trainees/").json()["results"] == []
    credentials = {"email": "bob@example.com", "password": PASSWORD}
    assert Client().post("/api/auth/jwt/create/", credentials).status_code == 401


def test_no_column_of_the_account_keeps_a_name_or_the_address(bob: User) -> None:
    begin(bob)

    # The password is random, so it may contain any three letters.
    kept = [each.attname for each in User._meta.concrete_fields if each.name != "password"]
    (stored,) = User.objects.filter(pk=bob.pk).values_list(*kept)
    texts = [str(each).lower() for each in stored]
    assert not [each for each in texts if "bob" in each or "tester" in each]


def test_trainer_who_is_being_erased_is_not_shown_to_trainees(
    api: Client, alice: User, bob: User
) -> None:
    begin(alice)

    assert api.as_user(bob).get("/api/auth/users/me/").json()["trainer"] is None


def test_quotes_no_longer_name_their_sender(
    api: Client, alice: User, bob: User, talk: Conversation
) -> None:
    quoted = Message.objects.get(sender=bob)
    reply = post_message(
        sender=alice, conversation_id=talk.pk, content="Fine", reply_to=quoted.pk
    ).message
    begin(bob)

    run_due()

    body = api.as_user(alice).get(f"{messages_of(talk)}?since={reply.version}").json()
    quotes = {each["id"]: each["reply_to"] for each in body["results"]}
    assert (quotes[reply.pk]["sender"], quotes[reply.pk]["preview"]) == (REMOVED_SENDER, "Mine")


@pytest.mark.parametrize("is_over", [False, True])
def test_edited_reply_no_longer_names_whom_it_quotes(
    api: Client,
    alice: User,
    bob: User,
    talk: Conversation,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    is_over: bool,
) -> None:
    reply = post_message(
        sender=alice,
        conversation_id=talk.pk,
        content="Fine",
        reply_to=Message.objects.get(sender=bob).pk,
    ).message
    edit_message(editor=alice, conversation_id=talk.pk, message_id=reply.pk, content="Very fine")
    known = Conversation.objects.get(pk=talk.pk).version
    begin(bob)
    if is_over:
        run_due()

    replayed = [
        json.loads(frame)
        for since in (0, reply.version - 1, reply.version, known)
        for frame in frames.replay(selectors.get_replay(alice, talk.pk, since), alice.pk)
    ]
    with django_capture_on_commit_callbacks() as callbacks:
        edit_message(
            editor=alice, conversation_id=talk.pk, message_id=reply.pk, content="Quite fine"
        )
    live = [json.loads(event["frame"]) for _, event in list_events(callbacks) if event["frame"]]
    found = api.as_user(alice).get("/api/messaging/search/?q=mine").json()["results"]

    told = [frame for frame in replayed + live if frame.get("message_id") == reply.pk]
    assert [frame["type"] for frame in told] == ["message_edited"] * 5
    assert [frame["reply_to"]["sender"] for frame in told] == [REMOVED_SENDER] * 5
    assert "Bob" not in json.dumps([replayed, live, found])


def test_kept_messages_have_a_placeholder_and_new_versions(
    api: Client, alice: User, bob: User, talk: Conversation
) -> None:
    begin(bob)

    run_due()

    rows = Message.objects.order_by("pk").values_list("content", "sender", "version", "read_at")
    assert list(rows) == [("Hello", alice.pk, 1, None), ("Mine", None, 4, None)]
    talk.refresh_from_db()
    assert (talk.trainer, talk.trainee, talk.version) == (alice, None, 4)
    assert set(Participant.objects.values_list("side", "user")) == {
        ("trainer", alice.pk),
        ("trainee", None),
    }
    assert api.as_user(alice).get(LIST).json()["results"][0]["unread_count"] == 1


def test_erased_messages_lose_their_text_and_count_as_read(
    api: Client, alice: User, bob: User, talk: Conversation
) -> None:
    begin(bob, ERASE)

    run_due()

    assert list_rows_with("Mine") == []
    (listed,) = api.as_user(alice).get(LIST).json()["results"]
    assert (listed["unread_count"], listed["last_message_preview"]) == (
        0,
        "This message was deleted",
    )
    removed = Message.objects.get(sender=None)
    assert removed.removed_at
    assert (removed.version, removed.read_version, removed.content_version) == (4, 4, 4)
    assert Message.objects.get(sender=alice).content == "Hello"


def test_replay_shows_erased_messages_without_a_read_receipt(
    alice: User, bob: User, talk: Conversation
) -> None:
    begin(bob, ERASE)
    run_due()

    missed = frames.replay(selectors.get_replay(alice, talk.pk, 2), alice.pk)

    assert len(missed) == 1
    assert '"type":"new_message"' in missed[0].replace(" ", "")
    assert '"is_deleted":true' in missed[0]


def test_both_sides_changes_are_announced_with_their_versions(
    alice: User,
    bob: User,
    talk: Conversation,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    begin(bob)

    with django_capture_on_commit_callbacks() as callbacks:
        run_due()

    changed = {"type": "conversation.changed", "conversation_id": talk.pk, "frame": None}
    assert list_events(callbacks) == [
        (f"user.{alice.pk}", {**changed, "version": 3}),
        (f"user.{alice.pk}", {**changed, "version": 4}),
    ]


def test_large_conversation_is_changed_in_batches(
    alice: User, bob: User, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.services.erasing.BATCH", 2)
    write(bob, conversation, "1", "2", "3", "4", "5")
    begin(bob)

    run_due()

    versions = Message.objects.filter(sender=None).order_by("pk").values_list("version", flat=True)
    assert list(versions) == [10, 9, 9, 8, 8]


def test_interrupted_erasure_continues(
    alice: User, bob: User, talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(bob)
    args = Job.objects.get().args
    broken = "privacy.services.erasing.erase_devices"
    with monkeypatch.context() as patch:
        patch.setattr(broken, lambda **_: pytest.fail("interrupted"))
        with pytest.raises(BaseException, match="interrupted"):
            erase(**{**args, "messages": KEEP})

    run_due()
    erase(**{**args, "messages": KEEP})

    assert not User.objects.filter(pk=bob.pk).exists()
    talk.refresh_from_db()
    assert talk.version == 4


def test_second_erasure_changes_nothing(bob: User) -> None:
    begin(bob)
    first = User.objects.get(pk=bob.pk)

    begin(bob, ERASE)

    assert User.objects.get(pk=bob.pk).erased_at == first.erased_at
    assert [each.args["messages"] for each in Job.objects.all()] == ["keep"]


def test_conversation_that_a_parallel_run_has_unlinked_gets_no_further_version(
    bob: User, talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk.refresh_from_db()
    version = talk.version
    lists = iter([[talk.pk, talk.pk], []])  # the second one is what another run was faster with
    monkeypatch.setattr(erasing, "_list_conversations", lambda _: next(lists))
    monkeypatch.setattr(erasing, "_find_conversation_with_messages", lambda _: None)

    erasing.erase_from_conversations(user_id=bob.pk, erases_texts=False)

    talk.refresh_from_db()
    assert (talk.trainee, talk.version) == (None, version + 1)


def test_account_that_is_not_being_erased_is_left_alone(bob: User) -> None:
    with pytest.raises(GiveUp):
        erase(user_id=bob.pk, email=bob.email, picture="", messages=KEEP)

    assert User.objects.get(pk=bob.pk).email == "bob@example.com"


def test_picture_is_retried_after_everything_else(bob: User, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    bob.profile_image.save("bob.jpg", ContentFile(b"picture"))
    path = Path(bob.profile_image.path)
    path.unlink()
    (path / "in the way").mkdir(parents=True)
    begin(bob)

    run_due()

    assert states() == ["waiting"]
    assert not User.objects.filter(pk=bob.pk).exists()


def test_erased_trainer_releases_trainees_and_invitations(
    api: Client, alice: User, bob: User, dora: User
) -> None:
    invite_trainee(trainer=alice, email="eve@example.com")
    invite_trainee(trainer=dora, email="fred@example.com")
    begin(alice)

    run_due()

    bob.refresh_from_db()
    assert (bob.is_active, bob.parent_trainer) == (True, None)
    assert [each.email for each in Invitation.objects.all()] == ["fred@example.com"]


def test_invitation_after_the_erasure_is_for_a_new_account(bob: User, dora: User) -> None:
    begin(bob)
    invite_trainee(trainer=dora, email="bob@example.com")
    send_password_reset(email="bob@example.com")

    run_due()

    assert [each.email for each in Invitation.objects.all()] == ["bob@example.com"]


def test_record_of_impersonations_by_the_person_stays_without_their_address(
    alice: User, bob: User
) -> None:
    session, _ = impersonate(bob, by=alice)
    ImpersonationView.objects.create(session=session, method="GET", path="/")
    begin(alice)

    run_due()

    session.refresh_from_db()
    assert (session.user_email, session.impersonator_email) == ("bob@example.com", "[removed]")
    assert session.ended_at
    assert ImpersonationView.objects.count() == 1


def test_admin_sign_in_of_an_erased_person_is_deleted(bob: User) -> None:
    sam = make_person("sam", is_staff=True)
    browser_of(sam)
    browser_of(make_person("tom", is_staff=True))
    begin(sam)

    run_due()

    assert Session.objects.count() == 1


def test_unsent_notification_of_an_erased_senders_message_is_dropped(
    alice: User, bob: User, talk: Conversation, settings: Any
) -> None:
    settings.FCM_CREDENTIALS_FILE = "key.json"
    device = DeviceToken.objects.create(user=alice, token="push", platform="ios")
    delivery = Delivery(talk.pk, alice.pk, device.pk, up_to=2)
    assert get_notification(delivery)

    begin(bob)

    assert get_notification(delivery) is None


def test_command_erases_a_person(alice: User, bob: User, talk: Conversation, capsys: Any) -> None:
    call_command("erase_person", " Bob@Example.com", "--messages", "erase")

    assert "The account is closed." in capsys.readouterr().out
    run_due()
    assert not User.objects.filter(pk=bob.pk).exists()
    assert Message.objects.get(sender=None).removed_at


def test_command_refuses_an_unknown_address(db: None) -> None:
    with pytest.raises(CommandError, match=r"Nobody has this e-mail address\."):
        call_command("erase_person", "nobody@example.com", "--messages", "keep")
