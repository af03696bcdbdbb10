from django.utils.translation import gettext_lazy as _

from api.exceptions import Forbidden, NotFound


class ConversationNotFound(NotFound):
    """The conversation does not exist, or the user has no access: one error, so ids cannot be probed."""


class MessageNotFound(NotFound):
    code = "message_not_found"
    is_on_sockets = True
    detail = _("This conversation has no such message.")


class NotATrainer(Forbidden):
    code = "trainer_only"
    detail = _("Only a trainer can start a conversation.")


class ConversationArchived(Forbidden):
    code = "conversation_archived"
    detail = _("This conversation is archived. You can read it, but you can't reply.")


class ParticipantGone(Forbidden):
    code = "participant_gone"
    detail = _("The other person's account was deleted, so nobody would receive this message.")


class ParticipantDeactivated(Forbidden):
    code = "participant_deactivated"
    detail = _("This person's account is deactivated, so they would not receive this message.")
