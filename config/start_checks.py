"""Checks before the server starts: errors for missing variables, warnings for unwise values."""

import errno
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import urlsplit

from django.conf import settings

from config.environment import Environment, InvalidEnvironment

logger = logging.getLogger("config.serve")
OTHER_PORT = 8080


def check_start(env: Environment) -> None:
    """Raise InvalidEnvironment for missing or unusable variables; log warnings for unwise values."""
    _ensure_deliberate(env)
    _ensure_writable(Path(settings.MEDIA_ROOT))
    for warning in list_warnings():
        logger.warning(warning)


def ensure_port_is_free(host: str, port: int, *, command: str) -> None:
    """Raise InvalidEnvironment if the server cannot listen there; `command` is how it is started."""
    try:
        _bind(host, port)
    except OSError as error:
        raise InvalidEnvironment(_explain(error, host, port, command)) from error


def _bind(host: str, port: int) -> None:
    """Bind a socket as the server does: connections that have just closed do not count."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)


def _explain(error: OSError, host: str, port: int, command: str) -> str:
    if error.errno == errno.EADDRINUSE:
        other = OTHER_PORT if port != OTHER_PORT else OTHER_PORT + 1
        return f"Port {port} is already in use. Use another one: PORT={other} {command}"
    return f"HOST and PORT: cannot listen on {host}, port {port}: {error.strerror}."


def _ensure_deliberate(env: Environment) -> None:
    """
    Raise InvalidEnvironment unless DEBUG is set.

    Every command treats an unset DEBUG as 1, so the server would run with development settings. It would
    not help to treat an unset DEBUG as 0 only here: if `manage.py collectstatic` has also run without
    DEBUG, the static files are prepared for development.
    """
    if not env.str("DEBUG", default=""):
        missing = ", ".join(["DEBUG=0", *env.list_missing()])
        raise InvalidEnvironment(
            f"Missing variables, required in production (without --reload): {missing}"
        )


def _ensure_writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InvalidEnvironment(f"MEDIA_ROOT is not writable: {error}") from error


def list_warnings() -> Iterator[str]:
    """Yield warnings about values that are for tests only, are deprecated, or allow more than necessary."""
    if settings.DEBUG:
        yield "DEBUG=1: error pages show source code. Never use it on a public server."
        return
    for scope, rate in settings.THROTTLE_RATES.items():
        if rate == "off":
            yield f"THROTTLE_{scope.upper()}=off: there is no limit on requests or attempts to sign in."
    if not settings.PUSH_IN_WEB:
        yield (
            "PUSH_IN_WEB=0 is deprecated and will be removed in the next release. Set JOBS_IN_WEB=0,"
            " and run `manage.py worker` instead of `manage.py push`."
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield "ALLOWED_HOSTS=*: requests with any Host header are accepted."
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        yield "EMAIL_URL sends no emails: nobody receives invitations or links for resetting a password."
    if _is_loopback(settings.PUBLIC_URL):
        yield "PUBLIC_URL is an address of this machine, so links in emails work only here."


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")
