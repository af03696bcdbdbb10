from typing import Any

import pytest

from live.handshake import access_token, is_allowed_origin, query_params, resume_version


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


@pytest.mark.parametrize(
    ("query", "version"),
    [
        ("", None),
        ("since=7", 7),
        ("since=1&since=2", 2),
        ("since=", -1),
        ("since=-1", -1),
        ("since=\u0667", -1),
        ("since=1234567890", -1),
    ],
)
def test_version_to_resume_from_has_up_to_nine_digits(query: str, version: int | None) -> None:
    assert resume_version({"query_string": query.encode()}) == version


@pytest.mark.parametrize(
    ("scope", "token"),
    [
        ({"subprotocols": ["bearer", "a.b.c"], "query_string": b"token=d.e.f"}, "a.b.c"),
        ({"subprotocols": ["bearer"], "query_string": b"token=d.e.f"}, "d.e.f"),
        ({"subprotocols": ["chat", "a.b.c"]}, ""),
        ({}, ""),
    ],
)
def test_token_is_taken_from_the_sub_protocol_or_else_from_the_query(
    scope: dict[str, Any], token: str
) -> None:
    assert access_token(scope) == token


def test_query_with_too_many_parameters_is_not_read() -> None:
    few, many = (f"token=x{'&a' * number}".encode() for number in (49, 50))

    assert query_params({"query_string": few}) == {"token": "x", "a": ""}
    assert query_params({"query_string": many}) == {}
