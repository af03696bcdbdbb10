"""
Every variable in `.env.example` is checked when the product starts.

A variable that is not in `WRONG` is tried with `NONSENSE`, so a new one without a check fails here.
"""

import json
import re
from pathlib import Path

import pytest

from config.environment import InvalidEnvironment
from tests.config.loading import PRODUCTION, load
from tests.test_deployment import list_documented

pytestmark = pytest.mark.without_servers

NONSENSE = "<?>"
HUGE = "9" * 30
KEY = "A" * 42 + "E"
# Values that people have tried, or that a program would accept although nobody could use the product.
WRONG = {
    "DEBUG": ["", "flase", "2"],
    "SECRET_KEY": ["short", "x" * 60, "ab" * 30],
    "ALLOWED_HOSTS": [
        "https://example.com",
        "example.com/",
        "https://example.com/",
        "example.com:443",
        "example.com www.example.com",
        "example.com;www.example.com",
        "*.example.com",
        "example.com.",
        "[::1",
        "::1",
        "münchen.example",
        "www.example.com",
        "messaging_web",
    ],
    "PUBLIC_URL": [
        "example.com",
        "https://example.com/app",
        "https://www.example.com",
        "https://example.com,https://www.example.com",
        "ftp://example.com",
        "https://exam ple.com",
        "https://example.com:99999",
    ],
    "DATABASE_URL": [
        "localhost",
        "mysql://user@host/name",
        "postgres://user@host/",
        "postgres://user@host:port/name",
        "postgres://user@host/name?sslmode=on",
        "postgres://user@host/name#x",
    ],
    "REDIS_URL": [
        "localhost:6379",
        "redis://localhost:0/0",
        "redis://localhost:70000",
        "redis://localhost/main",
        "redis://localhost?no_such_option=1",
        "http://localhost:6379",
        "redis://localhost;redis://other",
    ],
    "HOST": ["http://127.0.0.1", "127.0.0.1:8000", "a b", "[::1]"],
    "PORT": ["0", "65536", "http", "-1", "80.5"],
    "WEB_CONCURRENCY": ["-1", "abc", "two", HUGE],
    "DATABASE_POOL_SIZE": ["0", "1", "12", HUGE],
    "FORWARDED_ALLOW_IPS": ["proxy", "10.0.0.1 10.0.0.2", "10.0.0.1/8", "http://10.0.0.1"],
    "CORS_ALLOWED_ORIGINS": [
        "*",
        "app.example.com",
        "https://a.example/b",
        "https://*.example.com",
    ],
    "SOCKET_ALLOWED_ORIGINS": ["*", "app.example.com", "https://a.example https://b.example"],
    "EMAIL_URL": [
        "mail.example",
        "smpt://mail.example",
        "smtp://",
        "smtp://mail.example:port",
        "consolemail://",
        "memorymail://",
    ],
    "DEFAULT_FROM_EMAIL": [
        "Gym",
        "gym@",
        "Gym <gym>",
        "a@b.example\nBcc: c@d.example",
        "@example.com",
    ],
    "VAPID_PRIVATE_KEY": ["short", "A" * 43, "_" * 43, KEY + "AA"],
    "UNREAD_EMAIL_DEFAULT": ["never", "DAY", "1"],
    "STORAGE_URL": [
        "bucket",
        "s3://key:secret@s3.example/bucket?region=x",
        "https://s3.example/bucket?region=x",
        "https://key:secret@s3.example/?region=x",
        "https://key:secret@s3.example/bucket/folder?region=x",
        "https://key:secret@s3.example/Bucket?region=x",
        "https://key:secret@s3.example/bucket",
        "https://key:secret@s3.example/bucket?region=",
        "https://key:secret@s3.example:port/bucket?region=x",
    ],
    "MEDIA_ACCEL_PREFIX": ["media", "/media", "https://gym.example/media/", "/a b/"],
    "VAPID_SUBJECT": ["ops", "mailto:", "https://", "ops@example.com", "http://example.com"],
    "FCM_CREDENTIALS_FILE": ["/nowhere.json", "/etc/hostname", "/etc"],
    "FCM_URL": ["fcm.googleapis.com", "https://fcm.googleapis.com/v1"],
    "PUSH_PRIVATE_HOSTS": ["http://push.example", "push.example/x", "a b", "push.example:port"],
    "SHUTDOWN_SPREAD_SECONDS": ["6", "-1", "nan", "soon"],
    "SECURE_HSTS_SECONDS": ["-1", "1 year", HUGE],
    "LOG_LEVEL": ["LOUD", "10"],
    "MAX_HEAD_BYTES": ["0", "100", HUGE],
    "SOCKET_PENDING_FRAMES": ["0", "1", HUGE],
    **{
        name: ["120", "120/min", "0/minute", "-1/minute", "30/minute;100/hour", "unlimited", "OFF "]
        for name in ("THROTTLE_MESSAGING", "THROTTLE_USER", "THROTTLE_READING", "THROTTLE_SEARCH")
    },
}
# The server checks these at its start, because they are about files: tests/config/test_start_checks.py.
OF_FILES = {"MEDIA_ROOT"}
ANYTHING = {"DATABASE_PASSWORD"}
VARIABLES = sorted(list_documented() - OF_FILES - ANYTHING)


def refusal_of(name: str, value: str) -> str:
    with pytest.raises(InvalidEnvironment) as refusal:
        load({**PRODUCTION, name: value})
    return str(refusal.value)


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("value", [NONSENSE, "a\tb"])
def test_nonsense_is_refused_in_every_variable(name: str, value: str) -> None:
    refusal = refusal_of(name, value)

    assert re.match(rf"{name} [^\n]+\.$", refusal)


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, each in WRONG.items() for value in each]
)
def test_wrong_value_is_refused_with_the_variable_and_the_remedy(name: str, value: str) -> None:
    refusal = refusal_of(name, value)

    assert name in refusal.partition(" but ")[0] or name in refusal.partition(": add")[0]
    assert "\n" not in refusal
    assert refusal.endswith(".")


@pytest.mark.parametrize("name", sorted(WRONG))
def test_table_names_only_variables_that_exist(name: str) -> None:
    assert name in list_documented()


@pytest.mark.parametrize("name", sorted(ANYTHING))
def test_password_can_be_anything(name: str) -> None:
    assert load({**PRODUCTION, name: NONSENSE}).DATABASES["default"]["PASSWORD"] == NONSENSE


def test_all_faults_are_reported_together() -> None:
    environment = {
        **PRODUCTION,
        "SECRET_KEY": "short",
        "REDIS_URL": "localhost:6379",
        "THROTTLE_USER": "120/min",
        "ALLOWED_HOSTS": "https://example.com/",
        "PORT": "http",
        "EMAIL_URL": "",
    }

    with pytest.raises(InvalidEnvironment) as refusal:
        load(environment)

    assert [line.partition(" ")[0] for line in str(refusal.value).splitlines()] == [
        "Missing",
        "SECRET_KEY",
        "ALLOWED_HOSTS",
        "PORT",
        "THROTTLE_USER",
        "REDIS_URL",
    ]


@pytest.mark.parametrize(
    ("hosts", "url"),
    [
        ("gym.example,www.gym.example", "https://gym.example"),
        ("gym.example, WWW.gym.example", "https://www.gym.example:8443"),
        (".gym.example", "https://app.gym.example"),
        ("*", "https://gym.example"),
        ("[::1]", "https://[::1]:8000"),
        ("192.0.2.7", "https://192.0.2.7"),
    ],
)
def test_public_url_is_accepted_if_its_host_is_allowed(hosts: str, url: str) -> None:
    if "_" in hosts:
        assert refusal_of("ALLOWED_HOSTS", hosts).startswith("ALLOWED_HOSTS has 'messaging_web'")
    else:
        assert url == load({**PRODUCTION, "ALLOWED_HOSTS": hosts, "PUBLIC_URL": url}).PUBLIC_URL


def test_refused_host_comes_with_what_to_write() -> None:
    assert refusal_of("ALLOWED_HOSTS", "https://example.com/") == (
        "ALLOWED_HOSTS has 'https://example.com/': use host names without a scheme, port or path, "
        "separated by commas: write example.com."
    )
    assert refusal_of("PUBLIC_URL", "https://gym.example") == (
        "PUBLIC_URL is https://gym.example, but ALLOWED_HOSTS does not contain gym.example: add it there."
    )


def test_secrets_are_in_no_refusal() -> None:
    secret = "hunter2"
    wrong = {
        "SECRET_KEY": secret,
        "DATABASE_URL": f"postgres://user:{secret}@host/",
        "REDIS_URL": f"redis://:{secret}@host/main",
        "EMAIL_URL": f"smpt://user:{secret}@host",
        "VAPID_PRIVATE_KEY": secret,
    }

    with pytest.raises(InvalidEnvironment) as refusal:
        load({**PRODUCTION, **wrong})

    assert [line.partition(" ")[0] for line in str(refusal.value).splitlines()] == [
        "SECRET_KEY",
        "DATABASE_URL",
        "REDIS_URL",
        "EMAIL_URL",
        "VAPID_PRIVATE_KEY",
    ]
    assert secret not in str(refusal.value)


def test_firebase_key_file_of_a_service_account_is_accepted(tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    fields = ("project_id", "client_email", "private_key", "token_uri")
    file.write_text(json.dumps(dict.fromkeys(fields, "x")))

    loaded = load({**PRODUCTION, "FCM_CREDENTIALS_FILE": str(file)})

    assert str(file) == loaded.FCM_CREDENTIALS_FILE
