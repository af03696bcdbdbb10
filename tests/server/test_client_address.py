"""Whose address counts: X-Forwarded-For is believed from trusted proxies only, from the right."""

from typing import Any

import pytest

from server.client_address import ClientAddress
from tests.live.client import run

pytestmark = pytest.mark.without_servers

PROXY = "10.0.0.1"


def seen(
    *headers: tuple[str, str], peer: str = PROXY, proxies: str = "10.0.0.0/24", kind: str = "http"
) -> tuple[Any, str]:
    """Return the client and the scheme that the application gets."""
    scope: dict[str, Any] = {
        "type": kind,
        "client": (peer, 1234),
        "scheme": "http" if kind == "http" else "ws",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
    }
    found: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        found.append(scope)

    async def scenario() -> None:
        await ClientAddress(app, proxies)(scope, None, None)

    run(scenario)
    return found[0]["client"], found[0]["scheme"]


@pytest.mark.parametrize(
    "proxies", ["*", "10.0.0.0/24", "10.0.0.1", "192.0.2.9, 10.0.0.1", "10.0.0.1,*"]
)
@pytest.mark.parametrize(
    ("entry", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:5678", "203.0.113.7"),
        ("[2001:db8::7]:5678", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
    ],
)
def test_last_address_counts_and_not_those_that_the_client_wrote(
    proxies: str, entry: str, address: str
) -> None:
    forged = "1.1.1.1, 8.8.8.8"

    joined = seen(("X-Forwarded-For", f"{forged}, {entry}"), proxies=proxies)
    twice = seen(("X-Forwarded-For", forged), ("X-Forwarded-For", entry), proxies=proxies)

    assert joined == twice == ((address, 0), "http")


def test_addresses_of_further_proxies_are_skipped() -> None:
    chain = ("X-Forwarded-For", "1.1.1.1, 203.0.113.7, 10.0.0.3, 10.0.0.2")

    assert seen(chain)[0] == ("203.0.113.7", 0)
    assert seen(chain, proxies="*")[0] == ("10.0.0.2", 0)


def test_first_address_counts_if_all_are_proxies() -> None:
    assert seen(("X-Forwarded-For", "10.0.0.3, 10.0.0.2"))[0] == ("10.0.0.3", 0)


@pytest.mark.parametrize("entry", ["unknown", "_hidden", "", " , ", "1.1.1.1, unknown", "[::1"])
def test_entry_that_is_no_address_leaves_the_proxys(entry: str) -> None:
    expected = ("::1", 0) if entry == "[::1" else (PROXY, 1234)

    assert seen(("X-Forwarded-For", entry))[0] == expected


@pytest.mark.parametrize("proxies", ["", "10.0.0.2", "2001:db8::/32"])
def test_headers_of_strangers_are_ignored(proxies: str) -> None:
    forged = (("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-Proto", "https"))

    assert seen(*forged, proxies=proxies) == ((PROXY, 1234), "http")


@pytest.mark.parametrize("header", ["Forwarded", "X-Real-IP", "X-Forwarded-Host", "X-Forwarded"])
def test_other_headers_are_ignored(header: str) -> None:
    assert seen((header, "for=1.1.1.1;proto=https"), (header, "1.1.1.1")) == ((PROXY, 1234), "http")


@pytest.mark.parametrize(
    ("kind", "values", "scheme"),
    [
        ("http", ["https"], "https"),
        ("http", ["HTTPS"], "https"),
        ("http", ["https", "http"], "http"),
        ("http", ["http, https"], "https"),
        ("http", ["ftp"], "http"),
        ("http", [""], "http"),
        ("websocket", ["https"], "wss"),
        ("websocket", ["wss"], "wss"),
        ("websocket", ["http"], "ws"),
    ],
)
def test_last_scheme_counts(kind: str, values: list[str], scheme: str) -> None:
    headers = [("X-Forwarded-Proto", value) for value in values]

    assert seen(*headers, kind=kind)[1] == scheme


def test_peer_is_written_as_ipv4_if_it_is_one() -> None:
    assert seen(peer="::ffff:203.0.113.7")[0] == ("203.0.113.7", 1234)
    assert seen(("X-Forwarded-For", "1.1.1.1"), peer="::ffff:10.0.0.1")[0] == ("1.1.1.1", 0)


def test_peer_without_an_address_is_left_alone() -> None:
    assert seen(("X-Forwarded-For", "1.1.1.1"), peer="unix:")[0] == ("unix:", 1234)
