from api.exceptions import Forbidden, Invalid, NotFound, NotSignedIn


class InvalidToken(NotSignedIn):
    code = "token_not_valid"
    is_on_sockets = True
    detail = "The token is not valid or has expired."


class InvalidCredentials(NotSignedIn):
    code = "invalid_credentials"
    detail = "No active account has this e-mail address and password."


class ImpersonationReadOnly(Forbidden):
    code = "impersonation_read_only"
    is_on_sockets = True
    detail = "While looking through somebody else's account you can read, and change nothing."


class ForeignOrigin(Forbidden):
    code = "origin_not_allowed"
    detail = "The page that asks belongs to another site."


class NotImpersonating(Invalid):
    code = "not_impersonating"
    detail = "There is no impersonation to end."


class InvalidResetLink(Invalid):
    code = "invalid_reset_link"
    detail = "This link is not valid any more. Ask for a new one."


class TraineeNotFound(NotFound):
    code = "trainee_not_found"
    detail = "You have no such trainee."
