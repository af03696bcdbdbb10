from uuid import UUID

import limits
import pytest

from api.exceptions import TooFast
from api.throttling import counter
from messaging.exceptions import NotATrainer
from messaging.models import Conversation, Message
from messaging.services.archiving import archive_conversations_for_trainee
from messaging.services.sending import StartedConversation, start_conversation
from tests.factories import impersonate, make_person
from trainer.services.trainees import assign_trainee, remove_trainee
from users.exceptions import ImpersonationReadOnly, TraineeNotFound
from users.models import User
from users.selectors import get_user_by_claims
from users.tokens import read_access_token

PER_MINUTE = limits.parse("30/minute")
CLIENT_ID = UUID("11111111-2222-4333-8444-555555555555")


def start(trainer: User, trainee: User, client_id: UUID | None = None) -> StartedConversation:
    return start_conversation(
        trainer=trainer, trainee_id=trainee.pk, content="Hello", client_id=client_id
    )


def test_start_creates_conversation_with_its_message(alice: User, bob: User) -> None:
    started = start(alice, bob)

    conversation = Conversation.objects.get()
    message = Message.objects.get()
    assert started == StartedConversation(conversation.pk, message, True, is_repeat=False)
    assert (conversation.trainer, conversation.trainee) == (alice, bob)
    assert (conversation.version, conversation.last_message) == (1, message)


def test_start_again_reuses_conversation(
    alice: User, bob: User, conversation: Conversation
) -> None:
    started = start(alice, bob)

    assert started.conversation_id == conversation.pk
    assert (started.is_new_conversation, started.is_repeat) == (False, False)
    assert started.message.version == 2


def test_start_reopens_archived_conversation(
    alice: User, bob: User, conversation: Conversation
) -> None:
    archive_conversations_for_trainee(trainer=alice, trainee=bob)

    started = start(alice, bob)

    conversation.refresh_from_db()
    assert (started.conversation_id, started.is_new_conversation) == (conversation.pk, False)
    assert (conversation.is_archived, conversation.version) == (False, 3)


def test_start_with_removed_trainee_is_not_found_until_reassigned(
    alice: User, bob: User, conversation: Conversation
) -> None:
    remove_trainee(trainer=alice, trainee_id=bob.pk)

    with pytest.raises(TraineeNotFound):
        start(alice, bob)

    User.objects.filter(pk=bob.pk).update(parent_trainer=alice)
    assert start(alice, bob).conversation_id == conversation.pk


def test_start_with_foreign_trainee_is_not_found(alice: User, charlie: User) -> None:
    with pytest.raises(TraineeNotFound):
        start(alice, charlie)

    assert not Conversation.objects.exists()


@pytest.mark.parametrize("trainee_id", [0, -1, 2**63 - 1])
def test_start_with_unknown_trainee_is_not_found(alice: User, trainee_id: int) -> None:
    with pytest.raises(TraineeNotFound):
        start_conversation(trainer=alice, trainee_id=trainee_id, content="Hello")


@pytest.mark.parametrize("role", [User.Role.ADMIN, User.Role.TRAINEE])
def test_start_by_a_trainee_or_admin_is_refused(bob: User, role: User.Role) -> None:
    somebody = make_person("somebody", role=role)

    with pytest.raises(NotATrainer):
        start(somebody, bob)


def test_start_while_impersonating_is_refused(alice: User, bob: User) -> None:
    _, tokens = impersonate(alice, by=make_person("root", role=User.Role.ADMIN))
    viewer = get_user_by_claims(read_access_token(tokens.access))

    with pytest.raises(ImpersonationReadOnly):
        start(viewer, bob)


def test_repeated_client_id_starts_no_second_conversation(alice: User, bob: User) -> None:
    first = start(alice, bob, CLIENT_ID)

    again = start(alice, bob, CLIENT_ID)

    assert again == StartedConversation(first.conversation_id, first.message, False, is_repeat=True)
    assert Message.objects.count() == 1


def test_repeated_client_id_does_not_reopen_a_conversation_archived_since(
    alice: User, bob: User, conversation: Conversation
) -> None:
    start(alice, bob, CLIENT_ID)
    archive_conversations_for_trainee(trainer=alice, trainee=bob)

    again = start(alice, bob, CLIENT_ID)

    conversation.refresh_from_db()
    assert (again.is_repeat, conversation.is_archived) == (True, True)


def test_start_and_send_share_one_count(alice: User, bob: User) -> None:
    counter().reset()
    for _ in range(30):
        start(alice, bob)

    with pytest.raises(TooFast):
        start(alice, bob)


def test_throttled_start_creates_nothing(
    alice: User, bob: User, conversation: Conversation
) -> None:
    eve = make_person("eve", parent_trainer=alice)
    counter().reset()
    for _ in range(30):
        start(alice, bob)

    with pytest.raises(TooFast):
        start(alice, eve)

    assert list(Conversation.objects.all()) == [conversation]


def test_start_with_a_trainee_who_came_from_another_trainer_is_a_new_conversation(
    bob: User, dora: User, conversation: Conversation
) -> None:
    assign_trainee(trainee=bob, trainer=dora)

    started = start(dora, bob, CLIENT_ID)

    assert started.is_new_conversation
    assert started.conversation_id != conversation.pk
    for _ in range(30):
        counter().hit(PER_MINUTE, "messaging", str(dora.pk))
    again = start(dora, bob, CLIENT_ID)
    assert (again.conversation_id, again.message) == (started.conversation_id, started.message)
    assert (again.is_new_conversation, again.is_repeat) == (False, True)
