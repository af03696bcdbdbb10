from typing import Any

import pytest

from live.handshake import is_allowed_origin


def scope_of(host: str, origin: str) -> dict[str, Any]:
    headers = [(b"host", host.encode()), (b"origin", origin.encode())]
    return {"headers": headers if origin else headers[:1]}


@pytest.mark.parametrize(
    ("host", "origin", "is_allowed"),
    [
        ("coach.example:8000", "https://coach.example:8000", True),
        ("coach.example", "", True),
        ("coach.example", "https://app.example", True),
        ("coach.example", "https://evil.example", False),
        ("coach.example", "null", False),
        ("evil.example", "https://evil.example", False),
        ("coach.example", "https://[", False),
    ],
)
def test_origin_is_the_servers_own_or_on_the_list(
    settings: Any, host: str, origin: str, is_allowed: bool
) -> None:
    settings.ALLOWED_HOSTS = ["coach.example"]
    settings.SOCKET_ALLOWED_ORIGINS = ["https://app.example"]

    assert is_allowed_origin(scope_of(host, origin)) is is_allowed
