"""Checks before the server starts: a missing variable stops it, an unwise value logs a warning."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from config.environment import Environment, InvalidEnvironment

logger = logging.getLogger("config.serve")


def check_start(env: Environment) -> None:
    """Raise InvalidEnvironment for a missing or unusable variable; log a warning for each unwise one."""
    _ensure_deliberate(env)
    _ensure_writable(Path(settings.MEDIA_ROOT))
    for warning in list_warnings():
        logger.warning(warning)


def _ensure_deliberate(env: Environment) -> None:
    """
    Require an explicit DEBUG.

    `manage.py` defaults to development, so `collectstatic` would have run for the wrong mode.
    """
    if not env.str("DEBUG", default=""):
        lacks = ", ".join(["DEBUG=0", *env.list_missing()])
        raise InvalidEnvironment(f"Without --reload this is production, which lacks: {lacks}")


def _ensure_writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidEnvironment(f"MEDIA_ROOT cannot be made: {error}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InvalidEnvironment(f"MEDIA_ROOT is not writable: {folder}")


def list_warnings() -> Iterator[str]:
    """Return warnings about values meant for tests, or that allow more than necessary."""
    if settings.DEBUG:
        yield "DEBUG=1: error pages show source code. Never do this where strangers can reach it."
        return
    for scope, rate in settings.THROTTLE_RATES.items():
        if rate == "off":
            yield f"THROTTLE_{scope.upper()}=off: passwords and people are unprotected from floods."
    if not settings.PUSH_IN_WEB:
        yield (
            "PUSH_IN_WEB=0 goes with the next release: notifications are jobs now. Set JOBS_IN_WEB=0,"
            " and run `manage.py worker` instead of `manage.py push`."
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield "ALLOWED_HOSTS=*: any name is taken for this server's."
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        yield "EMAIL_URL sends no mail: nobody gets invitations, or links to reset a password."
    if _is_loopback(settings.PUBLIC_URL):
        yield "PUBLIC_URL is this machine: links in e-mails work nowhere else."


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")
