"""The bodies of refusals over REST."""


def refusal(detail: str, code: str) -> dict[str, str]:
    return {"detail": detail, "code": code, "error": detail}


def without_error(body: dict[str, str]) -> dict[str, str]:
    """Return the body as a socket or an endpoint of `auth/jwt/` sends it."""
    return {name: value for name, value in body.items() if name != "error"}
