"""Addresses as the settings parse them; test_environment.py shows what an operator sees."""

from collections.abc import Callable

import pytest

from config.addresses import POSTGRES, SQLITE, read_database, read_origin, read_public_url

pytestmark = pytest.mark.without_servers


def test_origin_of_a_page_opened_from_a_file_is_null() -> None:
    assert read_origin("null") == "null"


@pytest.mark.parametrize("read", [read_origin, read_public_url])
def test_address_without_a_host_is_refused(read: Callable[[str], str]) -> None:
    with pytest.raises(ValueError, match="is not an "):
        read("https://:8443")


def test_database_in_memory_is_sqlite() -> None:
    assert read_database("sqlite://:memory:") == {
        "ENGINE": SQLITE,
        "NAME": ":memory:",
        "OPTIONS": {},
    }


def test_unpooled_age_of_zero_is_what_the_pool_has_anyway() -> None:
    database = read_database("postgres://user@host/name?conn_max_age=0&sslmode=require")

    assert (database["ENGINE"], database["OPTIONS"]) == (POSTGRES, {"sslmode": "require"})


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("sslmode=require&sslmode=disable", "has a query that is not name=value"),
        ("conn_max_age=60", "has the option 'conn_max_age', which cannot be set in a URL: "),
    ],
)
def test_query_that_says_two_things_is_refused(query: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_database(f"postgres://user@host/name?{query}")
