"""The variables that the settings require, and the settings without any variables."""

import subprocess
import sys
from pathlib import Path

import pytest

from config.development import development_key
from config.environment import InvalidEnvironment
from tests.config.loading import PRODUCTION, load
from tests.running.coverage import ROOT

pytestmark = pytest.mark.without_servers

REQUIRED = ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "EMAIL_URL", "PUBLIC_URL"]
MISSING = "Missing variables, required in production (DEBUG=0): "


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize("name", REQUIRED)
def test_production_refuses_to_start_without_a_variable_and_names_it(
    name: str, value: str | None
) -> None:
    environment = {key: each for key, each in PRODUCTION.items() if key != name}
    if value is not None:
        environment[name] = value

    with pytest.raises(InvalidEnvironment) as refusal:
        load(environment)

    assert str(refusal.value) == f"{MISSING}{name}"


def test_production_names_all_missing_variables_together() -> None:
    with pytest.raises(InvalidEnvironment) as refusal:
        load({"DEBUG": "0"})

    assert str(refusal.value) == f"{MISSING}{', '.join(REQUIRED)}"


def test_production_starts_with_all_variables() -> None:
    assert load(PRODUCTION).DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql"


def test_empty_environment_is_development_on_sqlite() -> None:
    loaded = load({})

    assert loaded.DEBUG
    assert loaded.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
    assert loaded.REDIS_URLS == []


def test_development_key_is_generated_once_per_checkout() -> None:
    keys = [load({}).SECRET_KEY for _ in range(2)]

    assert keys[0] == keys[1]
    assert len(keys[0]) > 50


@pytest.mark.parametrize(
    "setting", ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "REFRESH_COOKIE_SECURE"]
)
def test_cookies_are_secure_in_production(setting: str) -> None:
    assert getattr(load(PRODUCTION), setting) is True


def test_runserver_is_the_command_of_daphne() -> None:
    command = [sys.executable, "manage.py", "runserver", "--help"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert "--noasgi" in shown


def test_limit_can_be_switched_off() -> None:
    assert load({**PRODUCTION, "THROTTLE_USER": "off"}).THROTTLE_RATES["user"] == "off"


def test_random_key_is_stored_once(tmp_path: Path) -> None:
    path = tmp_path / "var/key"

    keys = [development_key(path, 32) for _ in range(2)]

    assert keys[0] == keys[1] == path.read_text()
    assert len(keys[0]) == 43
    assert list(path.parent.iterdir()) == [path]
