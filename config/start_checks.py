"""Checks before the server starts: whether it can serve, and what an operator should know."""

import errno
import logging
import socket

import django
from django.apps import apps
from django.conf import settings

from config.environment import Environment, InvalidEnvironment
from config.probes.finding import Finding, Level
from config.start_warnings import list_warnings

logger = logging.getLogger("config.serve")
OTHER_PORT = 8080


def check_start(*, command: str) -> None:
    """
    Raise InvalidEnvironment, with a line for each fault that would make the server fail its users.

    Log a warning for each unwise value, and each server that is unavailable, but not needed to start.
    """
    _ensure_deliberate()
    findings = _probe()
    faults = [each.text for each in findings if each.level is Level.FAULT]
    try:
        ensure_port_is_free(settings.HOST, settings.PORT, command=command)
    except InvalidEnvironment as error:
        faults.append(str(error))
    if faults:
        raise InvalidEnvironment("\n".join(faults))
    for text in [
        *list_warnings(),
        *(each.text for each in findings if each.level is Level.WARNING),
    ]:
        logger.warning(text)


def _probe() -> list[Finding]:
    """Probe servers and files; in development only the folder for pictures, as it needs no more."""
    if settings.DEBUG:
        from config.probes.files import probe_pictures  # noqa: PLC0415 - imports the client

        return list(probe_pictures())
    if not apps.ready:
        django.setup()
    from config.probes.sets import probe_start  # noqa: PLC0415 - needs the apps

    return list(probe_start())


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


def _ensure_deliberate() -> None:
    """
    Raise InvalidEnvironment unless DEBUG is set.

    Every command treats an unset DEBUG as 1, so the server would run with development settings. It would
    not help to treat an unset DEBUG as 0 only here: if `manage.py collectstatic` has also run without
    DEBUG, the static files are prepared for development.
    """
    env = Environment()
    if not env.str("DEBUG", default=""):
        missing = ", ".join(["DEBUG=0", *env.list_missing()])
        raise InvalidEnvironment(
            f"Missing variables, required in production (without --reload): {missing}"
        )
