"""Warnings about unwise values when a production server starts, and ports that are in use."""

import socket
from typing import Any

import pytest

from config.environment import InvalidEnvironment
from config.start_checks import ensure_port_is_free
from config.start_warnings import list_warnings

pytestmark = pytest.mark.without_servers


@pytest.fixture
def production(settings: Any) -> Any:
    """Production settings that cause no warning."""
    settings.DEBUG, settings.PUSH_IN_WEB = False, True
    settings.THROTTLE_RATES = {"messaging": "30/minute", "user": "120/minute"}
    settings.ALLOWED_HOSTS, settings.PUBLIC_URL = ["gym.example"], "https://gym.example"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "Gym <gym@gym.example>"
    settings.ADMIN_TWO_FACTOR = True
    return settings


def test_wise_values_cause_no_warning(production: Any) -> None:
    assert list(list_warnings()) == []


@pytest.mark.parametrize(
    ("name", "value", "beginning"),
    [
        ("DEBUG", True, "DEBUG=1: error pages show source code."),
        ("THROTTLE_RATES", {"user": "off", "sign_in": "10/minute"}, "THROTTLE_USER=off: "),
        ("ALLOWED_HOSTS", ["gym.example", "*"], "ALLOWED_HOSTS=*: "),
        ("ADMIN_TWO_FACTOR", False, "ADMIN_TWO_FACTOR=0: "),
        ("EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend", "EMAIL_URL sends no "),
        ("DEFAULT_FROM_EMAIL", "Gym <gym@localhost>", "DEFAULT_FROM_EMAIL is at localhost: "),
        ("PUBLIC_URL", "http://gym.example", "PUBLIC_URL is not https, "),
        ("SECURE_SSL_REDIRECT", True, "SECURE_SSL_REDIRECT=1 redirects endlessly "),
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


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - what HOST may be
def test_port_in_use_is_named_with_the_command_for_another(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(InvalidEnvironment) as refused:
            ensure_port_is_free(host, port, command="make run")

    assert str(refused.value) == (
        f"Port {port} is already in use. Use another one: PORT=8080 make run"
    )
    ensure_port_is_free(host, port, command="make run")


def test_port_8080_in_use_suggests_8081(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr("config.start_checks.OTHER_PORT", port)

        with pytest.raises(InvalidEnvironment, match=f"PORT={port + 1} make run"):
            ensure_port_is_free("127.0.0.1", port, command="make run")


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_host_that_is_not_of_this_machine_is_named(host: str) -> None:
    with pytest.raises(
        InvalidEnvironment, match=f"HOST and PORT: cannot listen on {host}, port 8000: "
    ):
        ensure_port_is_free(host, 8000, command="make serve")
