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


class NotAPhoto(Invalid):
    code = "not_a_photo"
    detail = _("This file is not a JPEG, PNG, WebP, GIF or HEIC photo, or it is damaged.")


class PhotoTooLarge(Invalid):
    code = "photo_too_large"
    detail = _("A photo may be at most 10 MB. Choose a smaller one.")


class PhotoTooManyPixels(Invalid):
    code = "photo_too_many_pixels"
    detail = _("A photo may have at most 60 megapixels. Choose a smaller one.")


class PhotoTooComplex(Invalid):
    code = "photo_too_complex"
    detail = _("This photo needs too much memory or time. Save it as a JPEG, and try again.")


class TooManyPhotos(Invalid):
    code = "too_many_photos"
    detail = _("A message may have at most 10 photos.")


class UploadNotFound(Invalid):
    """An upload is not the sender's, was sent, or was forgotten: one error, so ids cannot be probed."""

    code = "upload_not_found"
    detail = _("A photo was not sent within a day. Please add it again.")


class UploadQuotaExceeded(Forbidden):
    code = "upload_quota_exceeded"
    detail = _("Your space for photos is full. Delete some of your photos first.")
