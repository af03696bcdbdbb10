"""
Parses the addresses of pages, databases, Redis and mail servers in environment variables.

Each function raises ValueError for a malformed value. The caller puts the variable's name before the
message, which must not contain a password.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.http import is_same_domain
from psycopg.pq import Conninfo

from config.values import parse_bool

POSTGRES, SQLITE = "django.db.backends.postgresql", "django.db.backends.sqlite3"
DATABASE_SCHEMES = {"postgres", "postgresql", "psql", "pgsql", "sqlite"}
SQLITE_OPTIONS = {"timeout", "init_command"}
SSL_MODES = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
# Options that the product sets itself, or that have a variable of their own.
NOT_IN_A_URL = {
    "conn_max_age": "connections are pooled, see DATABASE_POOL_SIZE",
    "pool": "see DATABASE_POOL_SIZE",
    "prepare_threshold": "see DATABASE_PREPARE",
}
# URL schemes of mail back ends that print emails, or keep them in memory. Emails contain secrets.
NOT_FOR_PRODUCTION = {"consolemail", "memorymail"}
MAIL_OPTIONS = {"EMAIL_USE_TLS", "EMAIL_USE_SSL"}
REDIS_SCHEMES = {"redis", "rediss", "unix"}
DEFAULT_PORTS = {"http": 80, "https": 443}
BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"


def read_origin(text: str) -> str:
    """
    Return an origin as browsers send it: lower case, without a trailing slash or a default port.

    Native shells have their own schemes, such as `capacitor://localhost`.
    """
    with _told("is not an origin such as https://app.example.com"):
        if text == "null":  # a page opened from a file
            return text
        url = urlsplit(text)
        if not re.fullmatch(r"[a-z][a-z0-9+.-]*://[^/?#@\s*]+/?", text, re.IGNORECASE):
            raise ValueError
        return f"{url.scheme}://{_netloc_of(url)}"


def read_public_url(text: str) -> str:
    """Return the URL at which people open the product, without a trailing slash."""
    with _told("is not an http(s) address without a path, such as https://gym.example.com"):
        origin = read_origin(text)
        if not origin.startswith(("http://", "https://")):
            raise ValueError
        return origin


def list_unreachable(public_url: str, allowed_hosts: list[str]) -> list[str]:
    """Return a line if requests to the public URL would be refused because of ALLOWED_HOSTS."""
    host = urlsplit(public_url).hostname or ""
    name = f"[{host}]" if ":" in host else host
    if any(each == "*" or is_same_domain(name, each) for each in allowed_hosts):
        return []
    return [f"PUBLIC_URL is {public_url}, but ALLOWED_HOSTS does not contain {name}: add it there."]


def read_redis_urls(urls: list[str]) -> list[str]:
    """Return the URLs, if each is the URL of a Redis server, with options that its client knows."""
    with _told(
        "is not redis://host:6379/0, rediss:// or unix://, or several of them separated by commas"
    ):
        for url in urls:
            parts = urlsplit(url)
            is_database = parts.scheme == "unix" or re.fullmatch(r"/?\d*", parts.path)
            if parts.scheme not in REDIS_SCHEMES or parts.port == 0 or not is_database:
                raise ValueError
            _ensure_redis_options(url)
        return urls


def _ensure_redis_options(url: str) -> None:
    """Raise ValueError if the client refuses the URL's options; connect to nothing."""
    from redis import ConnectionPool  # noqa: PLC0415 - slow to import, and not needed without Redis

    try:
        ConnectionPool.from_url(url).make_connection()
    except TypeError as error:
        raise ValueError from error


def read_database(url: str) -> dict[str, Any]:
    """Return Django's database settings; the query of the URL becomes OPTIONS."""
    with _told("is not postgres://user:password@host:5432/name or sqlite:////path"):
        if url == "sqlite://:memory:":
            return {"ENGINE": SQLITE, "NAME": ":memory:", "OPTIONS": {}}
        parts = urlsplit(url)
        if parts.scheme not in DATABASE_SCHEMES:  # about which the parser would print a warning
            raise ValueError
        found: dict[str, Any] = environ.Env.db_url_config(url.partition("?")[0])
        if found.get("ENGINE") not in (POSTGRES, SQLITE) or not found["NAME"] or parts.fragment:
            raise ValueError
    is_postgres = found["ENGINE"] == POSTGRES
    options = _database_options(_query_of(parts), is_postgres)
    health_checks = options.pop("conn_health_checks", None)
    if health_checks is not None:
        found["CONN_HEALTH_CHECKS"] = parse_bool(health_checks)
    return {**found, "OPTIONS": options}


def _database_options(query: dict[str, str], is_postgres: bool) -> dict[str, Any]:
    options: dict[str, Any] = {name.lower(): value for name, value in query.items()}
    if options.get("conn_max_age") == "0":
        del options["conn_max_age"]
    known = _libpq_options() | {"conn_health_checks"} if is_postgres else SQLITE_OPTIONS
    for name in options:
        if name not in known:
            why = NOT_IN_A_URL.get(name, "there is no such option")
            raise ValueError(f"has the option {name!r}, which cannot be set in a URL: {why}")
    if options.get("sslmode", "disable") not in SSL_MODES:
        raise ValueError(f"has an unknown sslmode, {options['sslmode']!r}")
    for name, kind in (("connect_timeout", int), ("timeout", float)):
        if name in options:
            with _told(f"has a {name} that is not a number of seconds"):
                options[name] = kind(options[name])
    return options


def _libpq_options() -> set[str]:
    return {each.keyword.decode() for each in Conninfo.get_defaults()}


def merge_options(ours: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return `ours`, overridden by the URL's options (`given`). Join `init_command`s if both have one."""
    merged = {**ours, **given}
    if "init_command" in ours and "init_command" in given:
        merged["init_command"] = f"{ours['init_command']} {given['init_command']}"
    return merged


def read_email(url: str, *, in_production: bool) -> dict[str, Any]:
    """Return Django's mail settings; in production, refuse the schemes in `NOT_FOR_PRODUCTION`."""
    with _told(
        "is not smtp+tls://user:password@host:587, smtp+ssl://, smtp:// or filemail:///folder"
    ):
        parts = urlsplit(url)
        found: dict[str, Any] = environ.Env.email_url_config(url.partition("?")[0])
        if parts.scheme.startswith("smtp") and not parts.hostname:
            raise ValueError
    if in_production and parts.scheme in NOT_FOR_PRODUCTION:
        raise ValueError(
            f"is {parts.scheme}://, which would show reset and invitation links to anyone who reads the "
            "log: use smtp+tls://, filemail:/// (a folder) or dummymail:// (sends nothing)"
        )
    if parts.scheme == "consolemail":
        found["EMAIL_BACKEND"] = "config.console_mail.EmailBackend"
    options = {name.upper(): value for name, value in _query_of(parts).items()}
    if unknown := options.keys() - MAIL_OPTIONS:
        raise ValueError(f"has unknown options: {', '.join(sorted(unknown)).lower()}")
    return {**found, **{name: parse_bool(value) for name, value in options.items()}}


def read_s3(url: str) -> dict[str, Any]:
    """Return django-storages' options for a bucket; its objects are private."""
    with _told("is not https://key:secret@host/bucket?region=name, percent-encoded"):
        parts = urlsplit(url)
        region = _query_of(parts)["region"]
        bucket = parts.path.strip("/")
        if not (parts.scheme in DEFAULT_PORTS and parts.hostname and re.fullmatch(BUCKET, bucket)):
            raise ValueError
        if not (region and parts.username and parts.password):
            raise ValueError
        return {
            "access_key": unquote(parts.username),
            "secret_key": unquote(parts.password),
            "bucket_name": bucket,
            "region_name": region,
            "endpoint_url": f"{parts.scheme}://{_netloc_of(parts)}",
        }


def _query_of(parts: SplitResult) -> dict[str, str]:
    with _told("has a query that is not name=value&name=value, or repeats a name"):
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        if len(dict(pairs)) < len(pairs):
            raise ValueError
        return dict(pairs)


def _netloc_of(url: SplitResult) -> str:
    if not url.hostname:
        raise ValueError
    host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    is_default = url.port in (None, DEFAULT_PORTS.get(url.scheme))
    return host if is_default else f"{host}:{url.port}"


@contextmanager
def _told(words: str) -> Iterator[None]:
    """Replace the message of parse errors with `words`: the original could contain a password."""
    try:
        yield
    except (ValueError, KeyError, ImproperlyConfigured) as error:
        raise ValueError(words) from error
