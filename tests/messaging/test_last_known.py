"""What a trainer and a former trainee see of each other after they have parted."""

from collections.abc import Callable
from typing import Any

import pytest

from messaging.last_known import store_last_known
from messaging.models import Conversation
from messaging.selectors import list_inbox_entries
from messaging.services.archiving import (
    archive_conversations,
    prepare_account_deletion,
    reopen_conversations,
)
from messaging.services.erasing import erase_from_conversations
from messaging.services.remembering import complete_last_known
from messaging.services.sending import start_conversation
from tests.conftest import Client
from tests.factories import make_trainee, open_conversation, write
from trainer.services.trainees import assign_trainee, remove_trainee
from users.models import User
from users.services.accounts import deactivate_user, reactivate_user
from users.services.erasure import MessageChoice, begin_erasure

LIST = "/api/messaging/conversations/"
ALL = Conversation.objects.all


def remove(alice: User, bob: User, dora: User) -> None:
    remove_trainee(trainer=alice, trainee_id=bob.pk)


def move(alice: User, bob: User, dora: User) -> None:
    assign_trainee(trainee=bob, trainer=dora)


def archive_then_remove(alice: User, bob: User, dora: User) -> None:
    archive_conversations(ALL())
    User.objects.filter(pk=bob.pk).update(first_name="Bobby")
    remove(alice, bob, dora)


def clear_then_archive(alice: User, bob: User, dora: User) -> None:
    User.objects.filter(pk=bob.pk).update(parent_trainer=None)
    archive_conversations(ALL())


PARTINGS: dict[Callable[[User, User, User], None], str] = {
    remove: "Bob",
    move: "Bob",
    archive_then_remove: "Bobby",
    clear_then_archive: "Bob",
}


def rename(user: User) -> None:
    """Give a person other names, another address and a picture."""
    User.objects.filter(pk=user.pk).update(
        first_name="New", last_name="Name", email="new@example.com", profile_image="new.jpg"
    )


def shown_to(api: Client, trainer: User, conversation: Conversation) -> list[dict[str, Any]]:
    """Return the trainee as the list, the conversation and two kinds of message pages show them."""
    api.as_user(trainer)
    url = f"{LIST}{conversation.pk}/"
    entries = [*api.get(LIST, {"archived": "true"}).json()["results"], api.get(url).json()]
    pages = [api.get(f"{url}messages/", query).json() for query in ({}, {"page": 1}, {"since": 0})]
    messages = [each for page in pages for each in page["results"]]
    senders = [each["sender"] for each in messages if each["sender"]["id"] != trainer.pk]
    return [*(each["trainee"] for each in entries), *senders]


@pytest.mark.parametrize("part", PARTINGS)
def test_former_trainee_is_shown_as_of_then_however_they_parted(
    api: Client,
    alice: User,
    bob: User,
    dora: User,
    conversation: Conversation,
    part: Callable[[User, User, User], None],
) -> None:
    write(bob, conversation, "Hi")
    part(alice, bob, dora)

    rename(bob)

    sender = {
        "id": bob.pk,
        "first_name": PARTINGS[part],
        "last_name": "Tester",
        "profile_image": None,
    }
    participant = {**sender, "email": "bob@example.com"}
    shown = shown_to(api, alice, conversation)
    assert shown == [participant, participant, sender, sender, sender]


def test_own_names_stay_current(api: Client, alice: User, bob: User, dora: User) -> None:
    conversation = open_conversation(alice, bob)
    remove(alice, bob, dora)

    rename(alice)

    api.as_user(User.objects.get(pk=alice.pk))
    entry = api.get(f"{LIST}{conversation.pk}/").json()
    message = api.get(f"{LIST}{conversation.pk}/messages/").json()["results"][0]
    assert [entry["trainer"]["first_name"], message["sender"]["first_name"]] == ["New", "New"]


def test_former_trainees_inbox_names_the_trainer_as_of_then(
    alice: User, bob: User, dora: User, conversation: Conversation
) -> None:
    remove(alice, bob, dora)

    rename(alice)

    (entry,) = list_inbox_entries(bob, [conversation.pk])
    assert entry.trainer == alice
    assert entry.trainer.first_name == "Alice"


def test_trainee_who_came_back_is_shown_as_now(
    api: Client, alice: User, bob: User, dora: User, conversation: Conversation
) -> None:
    remove(alice, bob, dora)
    assign_trainee(trainee=bob, trainer=alice)

    rename(bob)

    shown = api.as_user(alice).get(f"{LIST}{conversation.pk}/").json()
    assert (shown["trainee"]["first_name"], shown["archived_reason"]) == ("New", "other")


def test_archive_says_why(api: Client, alice: User, bob: User, conversation: Conversation) -> None:
    reasons = []

    def read() -> None:
        reasons.append(
            api.as_user(alice).get(f"{LIST}{conversation.pk}/").json()["archived_reason"]
        )

    read()
    archive_conversations(ALL())
    read()
    remove_trainee(trainer=alice, trainee_id=bob.pk)
    read()
    begin_erasure(locked=bob, messages=MessageChoice.KEEP, origin="in a test")
    read()
    erase_from_conversations(user_id=bob.pk, erases_texts=False)
    read()

    deleted = "account_deleted"
    assert reasons == [None, "other", "trainee_removed", deleted, deleted]


def reopen(alice: User, bob: User) -> None:
    reopen_conversations(ALL())


def start(alice: User, bob: User) -> None:
    start_conversation(trainer=alice, trainee_id=bob.pk, content="Hi again")


@pytest.mark.parametrize("how", [reopen, start])
def test_reopening_forgets_the_names(
    alice: User, bob: User, conversation: Conversation, how: Callable[[User, User], None]
) -> None:
    archive_conversations(ALL())

    how(alice, bob)

    assert list(ALL().values_list("is_archived", "last_known")) == [(False, None)]


def erase_in_batches(user: User) -> None:
    erase_from_conversations(user_id=user.pk, erases_texts=False)


def prepare(user: User) -> None:
    prepare_account_deletion(user=user)


@pytest.mark.parametrize("erase", [erase_in_batches, prepare])
@pytest.mark.parametrize("name", ["alice", "bob"])
def test_erasing_either_person_deletes_the_names(
    alice: User,
    bob: User,
    conversation: Conversation,
    name: str,
    erase: Callable[[User], None],
) -> None:
    remove_trainee(trainer=alice, trainee_id=bob.pk)

    erase({"alice": alice, "bob": bob}[name])

    assert not ALL().filter(last_known__isnull=False).exists()


def test_person_being_erased_is_a_placeholder_at_once(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    remove_trainee(trainer=alice, trainee_id=bob.pk)

    begin_erasure(locked=bob, messages=MessageChoice.KEEP, origin="in a test")

    shown = shown_to(api, alice, conversation)
    assert {each["first_name"] for each in shown} == {"[removed]"}
    assert {each.get("email", "") for each in shown} == {""}


def test_no_names_are_stored_of_a_person_being_erased(
    alice: User, bob: User, conversation: Conversation
) -> None:
    begin_erasure(locked=bob, messages=MessageChoice.KEEP, origin="in a test")

    (stored,) = store_last_known(ALL())

    assert stored.last_known is None


def test_deactivation_and_return_leave_active_conversations_without_stored_names(
    bob: User, conversation: Conversation
) -> None:
    deactivate_user(user=bob)
    reactivate_user(user=bob)

    assert list(ALL().values_list("is_archived", "last_known")) == [(False, None)]


# What processes of the previous release leave behind
# ------------------------------------------------------------------------------
def test_names_missing_in_the_archive_are_completed(
    alice: User, bob: User, conversation: Conversation
) -> None:
    open_conversation(alice, make_trainee("eve", alice))  # stays active
    User.objects.filter(pk=bob.pk).update(parent_trainer=None)
    ALL().filter(pk=conversation.pk).update(is_archived=True)

    assert (complete_last_known(), complete_last_known()) == (1, 0)

    names = {"first_name": "Bob", "last_name": "Tester", "email": "bob@example.com"}
    hers = {"first_name": "Alice", "last_name": "Tester", "email": "alice@example.com"}
    stored = list(ALL().order_by("pk").values_list("last_known", flat=True))
    assert stored == [{"trainer": hers, "trainee": names}, None]


def test_names_of_an_erased_person_are_deleted(
    alice: User, bob: User, conversation: Conversation
) -> None:
    remove_trainee(trainer=alice, trainee_id=bob.pk)
    ALL().update(trainee=None)

    assert complete_last_known() == 0

    assert not ALL().filter(last_known__isnull=False).exists()


def test_archive_without_stored_names_shows_the_present_ones(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    remove_trainee(trainer=alice, trainee_id=bob.pk)
    ALL().update(last_known=None)

    rename(bob)

    assert shown_to(api, alice, conversation)[0]["first_name"] == "New"
