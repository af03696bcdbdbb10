from django.utils.translation import gettext_lazy as _

from api.exceptions import Forbidden, Invalid, NotFound


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


class NotYourMessage(Forbidden):
    code = "not_your_message"
    detail = _("You can change only your own messages.")


class EditWindowOver(Forbidden):
    code = "edit_window_over"
    detail = _("You can edit a message for 15 minutes after you sent it.")


class MessageDeleted(Forbidden):
    code = "message_deleted"
    detail = _("This message was deleted.")


class NotAnEmoji(Invalid):
    code = "not_an_emoji"
    detail = _("A reaction has to be one emoji.")


class TooManyReactions(Invalid):
    code = "too_many_reactions"
    detail = _("A message can have up to 6 different reactions.")


class AdminsHaveNoMessages(Invalid):
    code = "no_messages_to_search"
    detail = _("Admins have no conversations, so there is nothing to search.")
