from api.exceptions import Invalid, NotFound


class InvitationNotFound(NotFound):
    """Also for another trainer's invitation."""


class InvalidInvitation(Invalid):
    code = "invalid_invitation"
    detail = "This invitation is not valid any more. Ask your trainer for a new one."


class AlreadyYourTrainee(Invalid):
    code = "already_your_trainee"
    detail = "This person is your trainee already."


class AlreadyHasTrainer(Invalid):
    code = "already_has_trainer"
    detail = "There is an account with this e-mail address that cannot join a trainer now."
