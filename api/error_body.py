"""
The body of an error response.

The server imports this module before the apps are ready, so it must not import DRF.
"""

from django.utils.translation import gettext_lazy as _

MALFORMED = _("The request is malformed.")
# Existing clients of these endpoints read only `detail`.
WITHOUT_ERROR = "/api/auth/jwt/"


def error_body(detail: object, code: str, *, path: str) -> dict[str, str]:
    """
    Return the body of an error response to a request for `path`.

    `error` repeats `detail`, because one existing client shows only `error`. The endpoints of
    `WITHOUT_ERROR` do not send it.
    """
    body = {"detail": str(detail), "code": code}
    return body if path.startswith(WITHOUT_ERROR) else {**body, "error": str(detail)}
