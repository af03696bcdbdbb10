"""The limits on attempts to sign in."""

from typing import Any

import pytest

from api.exceptions import TooFast
from tests.conftest import Client
from users.client_info import ClientInfo
from users.sign_in_limits import count_account, count_network

LONGEST = "x" * 253


def attempt(address: str, email: str) -> None:
    client = ClientInfo(address=address)
    count_network(client)
    count_account(client, email)


def test_addresses_share_a_limit_if_they_are_equal_as_far_as_an_account_can_have_one(
    settings: Any,
) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "sign_in": "1/minute"}
    attempt("192.0.2.1", f"{LONGEST}a")
    attempt("192.0.2.1", f"{LONGEST}b")

    with pytest.raises(TooFast):
        attempt("192.0.2.1", f"{LONGEST}aa")


def test_ipv6_addresses_of_one_network_share_a_limit(settings: Any) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "sign_in_address": "2/minute"}
    attempt("2001:db8:1:2::1", "a@example.com")
    attempt("2001:db8:1:2:ffff::1", "b@example.com")
    attempt("2001:db8:1:3::1", "c@example.com")

    with pytest.raises(TooFast):
        attempt("2001:db8:1:2::3", "d@example.com")


def test_ipv4_address_written_as_ipv6_shares_the_limit(settings: Any) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "sign_in_address": "1/minute"}
    attempt("192.0.2.1", "a@example.com")

    with pytest.raises(TooFast):
        attempt("::ffff:192.0.2.1", "b@example.com")


def test_malformed_body_counts_and_that_of_a_throttled_address_is_not_parsed(
    api: Client, settings: Any
) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "sign_in_address": "2/minute"}

    answers = [
        api.generic("POST", "/api/auth/jwt/create/", body, "application/json")
        for body in ("{", "[]", "{")
    ]

    assert [each.status_code for each in answers] == [400, 400, 429]
    assert answers[0].json()["code"] == "parse_error"
    assert answers[2].json()["code"] == "throttled"
