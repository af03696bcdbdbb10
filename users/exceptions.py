from django.utils.translation import gettext_lazy as _

from api.exceptions import Forbidden, Invalid, NotFound, NotSignedIn


class InvalidToken(NotSignedIn):
    code = "token_not_valid"
    is_on_sockets = True
    detail = _("The token is not valid or has expired.")


class InvalidCredentials(NotSignedIn):
    code = "invalid_credentials"
    detail = _("The email address or password is wrong, or the account has been deactivated.")


class ImpersonationReadOnly(Forbidden):
    code = "impersonation_read_only"
    is_on_sockets = True
    detail = _(
        "You are viewing another person's account: you can read everything, but change nothing."
    )


class ForeignOrigin(Forbidden):
    code = "origin_not_allowed"
    detail = _("This request came from another site.")


class NotImpersonating(Invalid):
    code = "not_impersonating"
    detail = _("There is no impersonation to end.")


class InvalidResetLink(Invalid):
    code = "invalid_reset_link"
    detail = _("This link is no longer valid. Please request a new one.")


class TraineeNotFound(NotFound):
    code = "trainee_not_found"
    detail = _("This person is not one of your trainees.")
