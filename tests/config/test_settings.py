"""The variables that the settings require, and the errors without them."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.running.coverage import bare_environment

pytestmark = pytest.mark.without_servers

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": "for-this-test-only-0123456789-0123456789-0123456789",
    "DATABASE_URL": "postgres://user@localhost/database",
    "REDIS_URL": "redis://localhost",
    "ALLOWED_HOSTS": "example.com",
    "EMAIL_URL": "smtp+tls://mail.example.com:587",
    "PUBLIC_URL": "https://example.com",
}
REQUIRED = ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "EMAIL_URL", "PUBLIC_URL"]


def load(environment: dict[str, str], show: str = "DEBUG") -> subprocess.CompletedProcess[str]:
    """Load the settings in a separate process that prints the setting `show`."""
    code = f"from config import settings; print(settings.{show})"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=bare_environment(**environment),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize("name", REQUIRED)
def test_production_refuses_to_start_without_a_variable_and_names_it(
    name: str, value: str | None
) -> None:
    environment = {key: each for key, each in PRODUCTION.items() if key != name}
    if value is not None:
        environment[name] = value

    loaded = load(environment)

    last_line = loaded.stderr.strip().splitlines()[-1]
    assert loaded.returncode != 0
    assert last_line.endswith(f"Missing variables, required in production (DEBUG=0): {name}")


def test_production_names_all_missing_variables_together() -> None:
    loaded = load({"DEBUG": "0"})

    assert loaded.stderr.strip().endswith(", ".join(REQUIRED))


def test_production_starts_with_all_variables() -> None:
    loaded = load(PRODUCTION, "DATABASES['default']['ENGINE']")

    assert (loaded.returncode, loaded.stderr) == (0, "")
    assert loaded.stdout == "django.db.backends.postgresql\n"


def test_empty_environment_is_development_on_sqlite() -> None:
    loaded = load({}, "DEBUG, settings.DATABASES['default']['ENGINE'], settings.REDIS_URLS")

    assert (loaded.returncode, loaded.stderr) == (0, "")
    assert loaded.stdout == "True django.db.backends.sqlite3 []\n"


def test_development_key_is_generated_once_per_checkout() -> None:
    keys = [load({}, "SECRET_KEY").stdout for _ in range(2)]

    assert keys[0] == keys[1]
    assert len(keys[0]) > 50


@pytest.mark.parametrize(
    "setting", ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "REFRESH_COOKIE_SECURE"]
)
def test_cookies_are_secure_in_production(setting: str) -> None:
    assert load(PRODUCTION, setting).stdout == "True\n"


def test_runserver_is_the_command_of_daphne() -> None:
    command = [sys.executable, "manage.py", "runserver", "--help"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert "--noasgi" in shown


def test_limit_can_be_switched_off() -> None:
    loaded = load({**PRODUCTION, "THROTTLE_USER": "off"}, "THROTTLE_RATES['user']")

    assert loaded.stdout.strip() == "off"
