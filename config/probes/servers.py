"""Probes of Redis, the mail server and the push services' keys."""

import smtplib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection
from redis import Redis
from redis.exceptions import RedisError

from config.probes.files import find_writable
from config.probes.finding import Finding, fault, ok, reason_of, warning

TIMEOUT_SECONDS = 3


def probe_redis() -> list[Finding]:
    """Ping each Redis server. Without one, sockets of other processes do not get events."""
    if not settings.REDIS_URLS:
        return [warning("REDIS_URL is not set, so the product runs in one process.")]
    return [_ping(url) for url in settings.REDIS_URLS]


def _ping(url: str) -> Finding:
    parts = urlsplit(url)
    place = parts.path if parts.scheme == "unix" else f"{parts.hostname}:{parts.port or 6379}"
    try:
        with Redis.from_url(
            url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
        ) as redis:
            redis.ping()
    except (RedisError, OSError) as error:
        return fault(
            f"REDIS_URL: Redis at {place} cannot be used: {reason_of(error)}. "
            "Check that it runs, and the address and password in REDIS_URL."
        )
    return ok(f"Redis: {place} answers.")


def probe_mail() -> Finding:
    """Connect to the mail server, and sign in; send nothing."""
    if "filebased" in settings.EMAIL_BACKEND:
        folder = str(settings.EMAIL_FILE_PATH)  # type: ignore[misc]  # not a setting of its own
        return find_writable("EMAIL_URL", folder, "Mail")
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return warning("EMAIL_URL sends no emails: invitations and password resets reach nobody.")
    place = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    connection = get_connection(timeout=TIMEOUT_SECONDS)
    try:
        connection.open()
        connection.close()
    except (smtplib.SMTPException, OSError) as error:
        return fault(
            f"EMAIL_URL: the mail server {place} cannot be used: {reason_of(error)}. "
            "Check the address, the encryption (smtp+tls for port 587, smtp+ssl for 465) and the password."
        )
    return ok(f"Mail: {place} answers.")


def probe_push() -> list[Finding]:
    """Say which kinds of devices get notifications; the keys themselves were checked at the start."""
    missing = []
    if not settings.VAPID_PRIVATE_KEY:
        missing.append(warning("VAPID_PRIVATE_KEY is not set: browsers get no notifications."))
    if not settings.FCM_CREDENTIALS_FILE:
        missing.append(
            warning("FCM_CREDENTIALS_FILE is not set: native apps get no notifications.")
        )
    return missing or [ok("Push: keys for browsers and native apps are set.")]
