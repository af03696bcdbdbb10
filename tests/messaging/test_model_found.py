"""What the model found, each as a test of its own."""

from messaging.models import Conversation
from messaging.selectors import list_conversations
from messaging.services.archiving import reopen_conversations
from trainer.services.trainees import remove_trainee
from users.models import User


def test_reopening_refuses_when_trainer_is_deleted_and_trainee_has_none(
    alice: User, bob: User, conversation: Conversation
) -> None:
    remove_trainee(trainer=alice, trainee_id=bob.pk)
    alice.delete()

    assert reopen_conversations(Conversation.objects.all()) == 0

    assert list(list_conversations(User.objects.get(pk=bob.pk))) == []
