from messaging.models import Conversation
from messaging.services.opening import lock_or_create, reopen
from messaging.services.posting import post_message
from messaging.system_lines import joined_sentence
from text.directions import isolated
from users.models import User


def open_joined_conversation(*, trainer: User, trainee: User) -> Conversation:
    """
    Open the conversation with a trainee who has just joined, with a line that says so; return it.

    It is created, or reopened if the trainee has returned. Either of them can then write. The line is a
    message from the trainee, so that the trainer's list and badge show it. It does not count towards the
    limit of messages. The caller's transaction has locked both people, and must commit all of this or
    nothing. Raise ParticipantDeactivated or ParticipantGone.
    """
    conversation, _is_new = lock_or_create(trainer, trainee)
    if conversation.is_archived:
        reopen(conversation)
    sentence = joined_sentence(isolated(trainee.first_name) or trainee.email)
    post_message(sender=trainee, conversation_id=conversation.pk, content=sentence, has_joined=True)
    return conversation
