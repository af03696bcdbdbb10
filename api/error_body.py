"""The body of an error response."""

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
