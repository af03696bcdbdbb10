from api.exceptions import Forbidden, NotFound


class ConversationNotFound(NotFound):
    """Also for somebody else's conversation: ids must not be enumerable."""


class MessageNotFound(NotFound):
    code = "message_not_found"
    is_on_sockets = True
    detail = "There is no such message in this conversation."


class NotATrainer(Forbidden):
    code = "trainer_only"
    detail = "Only a trainer can start a conversation."


class ConversationArchived(Forbidden):
    code = "conversation_archived"
    detail = "This conversation is archived. It can be read, and not written to."


class ParticipantGone(Forbidden):
    code = "participant_gone"
    detail = "The other person's account was deleted. Nobody would read this."
