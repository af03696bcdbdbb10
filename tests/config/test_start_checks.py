"""Warnings about unwise values when a production server starts."""

from pathlib import Path
from typing import Any

import pytest

from config.environment import Environment, InvalidEnvironment
from config.start_checks import check_start, list_warnings

pytestmark = pytest.mark.without_servers


@pytest.fixture
def production(settings: Any) -> Any:
    """Production settings that cause no warning."""
    settings.DEBUG, settings.PUSH_IN_WEB = False, True
    settings.THROTTLE_RATES = {"messaging": "30/minute", "user": "120/minute"}
    settings.ALLOWED_HOSTS, settings.PUBLIC_URL = ["gym.example"], "https://gym.example"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    return settings


def test_wise_values_cause_no_warning(production: Any) -> None:
    assert list(list_warnings()) == []


@pytest.mark.parametrize(
    ("name", "value", "beginning"),
    [
        ("DEBUG", True, "DEBUG=1: error pages show source code."),
        ("THROTTLE_RATES", {"user": "off", "sign_in": "10/minute"}, "THROTTLE_USER=off: "),
        ("ALLOWED_HOSTS", ["gym.example", "*"], "ALLOWED_HOSTS=*: "),
        ("EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend", "EMAIL_URL sends no "),
        ("PUBLIC_URL", "http://localhost:8000", "PUBLIC_URL is an address of this machine"),
        ("PUBLIC_URL", "http://127.0.0.2", "PUBLIC_URL is an address of this machine"),
        ("PUBLIC_URL", "http://[::1]:8000", "PUBLIC_URL is an address of this machine"),
    ],
)
def test_unwise_value_causes_one_warning_that_names_it(
    production: Any, name: str, value: object, beginning: str
) -> None:
    setattr(production, name, value)

    (warning,) = list_warnings()

    assert warning.startswith(beginning)


def test_server_logs_the_warnings_when_it_starts(
    production: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("DEBUG", "0")
    production.MEDIA_ROOT, production.ALLOWED_HOSTS = str(tmp_path / "media"), ["*"]

    check_start(Environment())

    assert caplog.messages == list(list_warnings())
    assert (tmp_path / "media").is_dir()


@pytest.mark.parametrize("place", ["{folder}/file/media", "/proc/self"])
def test_folder_of_pictures_that_cannot_be_written_stops_the_server(
    production: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("DEBUG", "0")
    (tmp_path / "file").write_text("no folder")
    production.MEDIA_ROOT = place.format(folder=tmp_path)

    with pytest.raises(InvalidEnvironment, match="MEDIA_ROOT is not writable: "):
        check_start(Environment())
