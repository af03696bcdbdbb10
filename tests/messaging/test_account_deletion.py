"""
Deleting an account keeps its messages and shows a placeholder.

In the original code, a deletion removed the person's messages and put null into responses.
"""

from pytest_django import DjangoCaptureOnCommitCallbacks

from messaging.models import Conversation, Message
from messaging.services.posting import post_message
from tests.conftest import Client
from tests.factories import make_trainee, open_conversation, write
from tests.messaging.announcements import list_events
from tests.messaging.bodies import REMOVED_PARTICIPANT, REMOVED_SENDER
from users.models import User


def test_deleting_a_trainee_keeps_conversation_and_messages(
    bob: User, conversation: Conversation
) -> None:
    write(bob, conversation, "Mine")

    bob.delete()

    conversation.refresh_from_db()
    assert (conversation.trainee_id, conversation.message_count) == (None, 2)
    assert list(conversation.messages.values_list("content", flat=True)) == ["Hello", "Mine"]


def test_deleted_trainee_is_a_placeholder_on_the_wire(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    write(bob, conversation, "Mine")
    bob.delete()
    api.as_user(alice)

    listed = api.get("/api/messaging/conversations/").json()["results"]
    messages = api.get(f"/api/messaging/conversations/{conversation.pk}/messages/").json()

    assert [each["trainee"] for each in listed] == [REMOVED_PARTICIPANT]
    assert listed[0]["unread_count"] == 1
    assert [each["sender"]["id"] for each in messages["results"]] == [0, alice.pk]
    assert messages["results"][0]["sender"] == REMOVED_SENDER


def test_quotes_no_longer_name_their_sender(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    (quoted,) = write(bob, conversation, "Mine")
    reply = post_message(
        sender=alice, conversation_id=conversation.pk, content="Fine", reply_to=quoted.pk
    ).message
    bob.delete()

    url = f"/api/messaging/conversations/{conversation.pk}/messages/?since={reply.version}"
    quotes = {
        each["id"]: each["reply_to"] for each in api.as_user(alice).get(url).json()["results"]
    }

    assert (quotes[reply.pk]["sender"], quotes[reply.pk]["preview"]) == (REMOVED_SENDER, "Mine")


def test_deleted_trainer_is_a_placeholder_on_the_wire(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    alice.delete()
    bob.refresh_from_db()
    api.as_user(bob)

    listed = api.get("/api/messaging/conversations/").json()["results"]
    messages = api.get(f"/api/messaging/conversations/{conversation.pk}/messages/").json()
    unread = api.get("/api/messaging/unread-count/").json()

    assert [each["trainer"] for each in listed] == [REMOVED_PARTICIPANT]
    assert [each["sender"] for each in messages["results"]] == [REMOVED_SENDER]
    assert unread == {"unread_count": 1}


def test_deletion_is_a_change_of_each_conversation_and_of_the_persons_messages(
    alice: User, bob: User, conversation: Conversation
) -> None:
    eve = make_trainee("eve", alice)
    other = open_conversation(alice, eve)
    write(bob, conversation, "Mine")

    alice.delete()

    versions = Conversation.objects.order_by("pk").values_list("version", flat=True)
    messages = Message.objects.order_by("pk").values_list("conversation", "content", "version")
    assert list(versions) == [3, 2]
    assert list(messages) == [
        (conversation.pk, "Hello", 3),
        (other.pk, "Hello", 2),
        (conversation.pk, "Mine", 2),
    ]


def test_deletion_of_many_people_gives_each_conversation_a_version(
    alice: User, bob: User, conversation: Conversation
) -> None:
    User.objects.filter(pk__in=[alice.pk, bob.pk]).delete()

    conversation.refresh_from_db()
    assert (conversation.trainer, conversation.trainee, conversation.version) == (None, None, 3)


def test_deletion_is_announced_to_the_other_person(
    alice: User,
    bob: User,
    conversation: Conversation,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        bob.delete()

    changed = {
        "type": "conversation.changed",
        "conversation_id": conversation.pk,
        "version": 2,
        "frame": None,
    }
    assert (f"user.{alice.pk}", changed) in list_events(callbacks)


def test_two_deleted_trainees_leave_two_conversations(
    alice: User, bob: User, conversation: Conversation
) -> None:
    eve = make_trainee("eve", alice)
    open_conversation(alice, eve)

    bob.delete()
    eve.delete()

    assert Conversation.objects.filter(trainer=alice, trainee=None).count() == 2
