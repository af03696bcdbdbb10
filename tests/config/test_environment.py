"""Malformed variables prevent the start, and are named in a message of one line."""

import subprocess
import sys

import pytest

from config.environment import InvalidEnvironment
from tests.config.loading import PRODUCTION, load
from tests.running.coverage import ROOT, bare_environment

pytestmark = pytest.mark.without_servers

SERVE = ["-m", "config.serve"]
CHECK = ["manage.py", "check"]
POSTGRES = "postgres://user:hunter2@localhost:5432/database"


def start(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program of the product that is expected to exit with an error."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        # Any value prevents the checkout's .env from being read.
        env=bare_environment(**{"TEST_BACKEND": "none", **environment}),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


MALFORMED = [
    ("DEBUG", "", "DEBUG is empty: set it to 0 or 1, or remove it."),
    ("DEBUG", "flase", "DEBUG is 'flase': use 1 or 0."),
    ("SECURE_SSL_REDIRECT", "ture", "SECURE_SSL_REDIRECT is 'ture': use 1 or 0."),
    ("PORT", "http", "PORT is 'http': use a whole number from 1 to 65535."),
    ("PORT", "99999", "PORT is '99999': use a whole number from 1 to 65535."),
    ("API_THREADS", "-8", "API_THREADS is '-8': use a whole number from 1 to 1000."),
    ("API_THREADS", "0", "API_THREADS is '0': use a whole number from 1 to 1000."),
    ("PASSWORD_THREADS", "0", "PASSWORD_THREADS is '0': use a whole number from 1 to 1000."),
    ("SOCKETS_PER_USER", "0", "SOCKETS_PER_USER is '0': use a whole number from 1 to 1000000."),
    (
        "SOCKET_REVIEW_SECONDS",
        "0",
        "SOCKET_REVIEW_SECONDS is '0': use a number of seconds from 0.001 to 86400.",
    ),
    (
        "EVENT_TIMEOUT_SECONDS",
        "0.0",
        "EVENT_TIMEOUT_SECONDS is '0.0': use a number of seconds from 0.001 to 86400.",
    ),
    (
        "REQUEST_HEAD_SECONDS",
        "0",
        "REQUEST_HEAD_SECONDS is '0': use a number of seconds from 0.001 to 86400.",
    ),
    (
        "REQUEST_BODY_SECONDS",
        "0",
        "REQUEST_BODY_SECONDS is '0': use a number of seconds from 0.001 to 86400.",
    ),
    ("ALLOWED_HOSTS", ",", "Missing variables, required in production (DEBUG=0): ALLOWED_HOSTS"),
    ("REDIS_URL", " , ", "Missing variables, required in production (DEBUG=0): REDIS_URL"),
    (
        "PUSH_DELAY_SECONDS",
        "nan",
        "PUSH_DELAY_SECONDS is 'nan': use a number of seconds from 0 to 86400.",
    ),
    (
        "THROTTLE_READING",
        "1200",
        "THROTTLE_READING is '1200': use a rate such as 30/minute, or off.",
    ),
    (
        "THROTTLE_USER",
        "120",
        "THROTTLE_USER is '120': use a rate such as 30/minute, or off.",
    ),
    ("SECRET_KEY", "short", "SECRET_KEY is too easy to guess: use at least 50 random characters, "),
    (
        "SECRET_KEY",
        "x" * 60,
        "SECRET_KEY is too easy to guess: use at least 50 random characters, ",
    ),
    ("PUBLIC_URL", "gym.example", "PUBLIC_URL is not an http(s) address without a path, "),
    (
        "PUBLIC_URL",
        "https://gym.example/app",
        "PUBLIC_URL is not an http(s) address without a path",
    ),
    ("PUBLIC_URL", "ftp://gym.example", "PUBLIC_URL is not an http(s) address without a path, "),
    ("PUBLIC_URL", "https://a:b@gym.example", "PUBLIC_URL is not an http(s) address without a "),
    ("EMAIL_URL", "smpt://mail.example", "EMAIL_URL is not smtp+tls://user:password@host:587, "),
    ("EMAIL_URL", "smtp://", "EMAIL_URL is not smtp+tls://user:password@host:587, "),
    ("EMAIL_URL", "smtp://mail.example?tls=1", "EMAIL_URL has unknown options: tls."),
    ("EMAIL_URL", "consolemail://", "EMAIL_URL is consolemail://, which would show reset and "),
    ("EMAIL_URL", "memorymail://", "EMAIL_URL is memorymail://, which would show reset and "),
    ("REDIS_URL", "localhost:6379", "REDIS_URL is not redis://host:6379/0, "),
    ("CORS_ALLOWED_ORIGINS", "*", "CORS_ALLOWED_ORIGINS is not an origin such as "),
    ("CORS_ALLOWED_ORIGINS", "https://a.example/b", "CORS_ALLOWED_ORIGINS is not an origin such "),
    ("DATABASE_URL", "mysql://user@host/name", "DATABASE_URL is not postgres://user:password@"),
    ("DATABASE_URL", "postgres://user@host:port/name", "DATABASE_URL is not postgres://user:"),
    ("DATABASE_URL", f"{POSTGRES}?sslmod=require", "DATABASE_URL has the option 'sslmod', which "),
    ("DATABASE_URL", f"{POSTGRES}?sslmode=on", "DATABASE_URL has an unknown sslmode, 'on'."),
    ("DATABASE_URL", f"{POSTGRES}?sslmode", "DATABASE_URL has a query that is not name=value"),
    ("DATABASE_URL", f"{POSTGRES}?pool=0", "DATABASE_URL has the option 'pool', which cannot be "),
    ("DATABASE_URL", f"{POSTGRES}?conn_max_age=60", "DATABASE_URL has the option 'conn_max_age', "),
    (
        "DATABASE_URL",
        f"{POSTGRES}?connect_timeout=soon",
        "DATABASE_URL has a connect_timeout that ",
    ),
    ("LOG_LEVEL", "LOUD", "LOG_LEVEL is 'LOUD': use one of DEBUG, INFO, WARNING, ERROR"),
]


@pytest.mark.parametrize(("name", "value", "complaint"), MALFORMED)
def test_malformed_variable_is_named_in_one_line(name: str, value: str, complaint: str) -> None:
    with pytest.raises(InvalidEnvironment) as refusal:
        load({**PRODUCTION, name: value})

    text = str(refusal.value)
    assert text.startswith(complaint)
    assert "\n" not in text
    assert "hunter2" not in text


def test_command_ends_with_this_line_and_without_a_traceback() -> None:
    refused = start(*CHECK, **{**PRODUCTION, "DATABASE_URL": f"{POSTGRES}?sslmode=on"})

    assert refused.returncode == 1
    assert refused.stderr.startswith("DATABASE_URL has an unknown sslmode, 'on'.")
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        (
            "WEB_CONCURRENCY",
            "abc",
            "WEB_CONCURRENCY is 'abc': use a whole number from 0 to 1024.\n",
        ),
        ("MEDIA_ROOT", "/dev/null/media", "MEDIA_ROOT is not writable: "),
        ("EMAIL_URL", "consolemail://", "EMAIL_URL is consolemail://, "),
    ],
)
def test_server_refuses_a_malformed_variable_in_one_line(
    name: str, value: str, complaint: str
) -> None:
    refused = start(*SERVE, **{**PRODUCTION, name: value})

    assert refused.returncode == 1
    assert complaint in refused.stderr
    assert "Traceback" not in refused.stderr


def test_command_that_cannot_reach_the_database_explains_it_in_one_line() -> None:
    environment = {**PRODUCTION, "DATABASE_URL": "postgres://user:hunter2@127.0.0.1:9/name"}

    refused = start("manage.py", "migrate", **environment)

    assert refused.returncode == 1
    assert refused.stderr.startswith("DATABASE_URL: the database cannot be used: ")
    assert refused.stderr.count("\n") == 1
    assert "hunter2" not in refused.stderr


def test_other_error_of_the_database_keeps_its_traceback() -> None:
    refused = start("manage.py", "dumpdata", "users", DATABASE_URL="sqlite://:memory:")

    assert refused.returncode == 1
    assert "no such table" in refused.stderr


@pytest.mark.parametrize("command", [SERVE, CHECK])
def test_missing_variables_are_named_together_without_a_traceback(command: list[str]) -> None:
    refused = start(*command, DEBUG="0")

    assert refused.returncode == 1
    assert refused.stderr == (
        "Missing variables, required in production (DEBUG=0): "
        "SECRET_KEY, DATABASE_URL, REDIS_URL, ALLOWED_HOSTS, EMAIL_URL, PUBLIC_URL\n"
    )


def test_server_without_reload_requires_production() -> None:
    without_debug = {name: value for name, value in PRODUCTION.items() if name != "DEBUG"}

    complete, empty = start(*SERVE, **without_debug), start(*SERVE)

    complaint = "Missing variables, required in production (without --reload): DEBUG=0"
    lacks = "SECRET_KEY, DATABASE_URL, REDIS_URL, ALLOWED_HOSTS, EMAIL_URL, PUBLIC_URL"
    assert (complete.returncode, complete.stderr) == (1, f"{complaint}\n")
    assert (empty.returncode, empty.stderr) == (1, f"{complaint}, {lacks}\n")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://gym.example/", "https://gym.example"),
        ("HTTPS://Gym.Example:443", "https://gym.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_public_address_is_normalised_as_browsers_do(url: str, shown: str) -> None:
    assert shown == load({**PRODUCTION, "PUBLIC_URL": url, "ALLOWED_HOSTS": "*"}).PUBLIC_URL


def test_origins_are_normalised_as_browsers_do() -> None:
    told = "https://App.example.com/, capacitor://localhost"

    loaded = load({"CORS_ALLOWED_ORIGINS": told})

    assert loaded.SOCKET_ALLOWED_ORIGINS == ["https://app.example.com", "capacitor://localhost"]


def test_lists_and_switches_allow_spaces_and_any_case() -> None:
    told = {
        "ALLOWED_HOSTS": "a.example, b.example",
        "SECURE_SSL_REDIRECT": "Yes",
        "API_THREADS": "",
    }

    loaded = load(told)

    assert loaded.ALLOWED_HOSTS == ["a.example", "b.example"]
    assert loaded.SECURE_SSL_REDIRECT is True
    assert loaded.API_THREADS == 8


@pytest.mark.parametrize("url", ["filemail:////tmp/mail", "dummymail://", "smtp+ssl://host:465"])
def test_production_sends_mail_to_a_server_a_folder_or_nowhere(url: str) -> None:
    assert load({**PRODUCTION, "EMAIL_URL": url}).EMAIL_BACKEND.startswith("django.core.mail.")


def test_postgresql_options_are_added_to_ours() -> None:
    query = (
        "sslmode=verify-full&sslrootcert=/x&application_name=007&connect_timeout=5"
        "&options=-c%20statement_timeout%3D5&target_session_attrs=read-write&conn_health_checks=yes"
    )

    default = load({**PRODUCTION, "DATABASE_URL": f"{POSTGRES}?{query}"}).DATABASES["default"]

    pool = default["OPTIONS"].pop("pool")
    assert default["OPTIONS"] == {
        "server_side_binding": True,
        "prepare_threshold": 2,
        "sslmode": "verify-full",
        "sslrootcert": "/x",
        "application_name": "007",
        "connect_timeout": 5,
        "options": "-c statement_timeout=5",
        "target_session_attrs": "read-write",
    }
    assert (pool["max_size"], default["CONN_HEALTH_CHECKS"]) == (17, True)
    assert (default["NAME"], default["PASSWORD"]) == ("database", "hunter2")


def test_sqlite_options_are_added_to_ours() -> None:
    url = "sqlite:////tmp/x.sqlite3?timeout=5.5&init_command=PRAGMA%20cache_size%3D-2000;"

    assert load({"DATABASE_URL": url}).DATABASES["default"]["OPTIONS"] == {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5.5,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-2000;"
        ),
    }
