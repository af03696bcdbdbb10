from django.utils.translation import gettext_lazy as _

from api.exceptions import Invalid, NotFound


class InvitationNotFound(NotFound):
    """
    The trainer has no pending invitation with this id.

    It may have been accepted or withdrawn, belong to another trainer, or never have existed. All get the
    same sentence, so that ids cannot be probed.
    """

    detail = _("You have no pending invitation like this. It may have been accepted or withdrawn.")


class InvalidInvitation(Invalid):
    code = "invalid_invitation"
    detail = _("This invitation is no longer valid. Please ask your trainer for a new one.")


class InvitationExpired(InvalidInvitation):
    code = "invitation_expired"
    detail = _("This invitation has expired. Please ask your trainer for a new one.")


class InvitationAccepted(InvalidInvitation):
    code = "invitation_accepted"
    detail = _("This invitation has already been used. Sign in instead.")


class InvitationCancelled(InvalidInvitation):
    code = "invitation_cancelled"
    detail = _("Your trainer has withdrawn this invitation.")


class AlreadyYourTrainee(Invalid):
    code = "already_your_trainee"
    detail = _("This person is already your trainee.")


class AlreadyHasTrainer(Invalid):
    """The account with the invited address cannot join the trainer."""

    code = "already_has_trainer"
    detail = _(
        "The account with your email address cannot join this trainer. Ask your trainer to invite you"
        " at a different address."
    )
