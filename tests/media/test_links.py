"""Links are the same for a day, valid for one to two days, and cannot be guessed."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.http import QueryDict

from media.links import is_signed, link_to

pytestmark = pytest.mark.without_servers

STORED_AT = datetime(2026, 5, 3, 17, 20, 30, tzinfo=UTC)
SINCE = int(STORED_AT.timestamp())
NAME = "photos/ab/abc-small.jpg"


def link_after(**passed: float) -> str:
    with time_machine.travel(STORED_AT + timedelta(**passed), tick=False):
        return link_to(NAME, since=SINCE)


def works_after(link: str, name: str = NAME, **passed: float) -> bool:
    with time_machine.travel(STORED_AT + timedelta(**passed), tick=False):
        return is_signed(name, QueryDict(urlsplit(link).query))


def test_link_is_the_same_for_a_day_since_the_file_was_stored() -> None:
    first = link_after()

    assert [link_after(hours=hours) == first for hours in (1, 23.99, 24, 48)] == [
        True,
        True,
        False,
        False,
    ]
    assert first.startswith("http://127.0.0.1:8000/media/photos/ab/abc-small.jpg?")


def test_link_is_valid_for_one_to_two_days() -> None:
    first, last = link_after(), link_after(hours=23.99)

    assert first == last
    assert [works_after(first, hours=hours) for hours in (0, 24, 47.99, 48, 1000)] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_link_opens_no_other_file_and_is_not_prolonged() -> None:
    link = link_after()
    until = str(SINCE + 2 * 86400)

    assert works_after(link)
    assert not works_after(link, "photos/ab/abc-large.jpg")
    assert not works_after(link.replace(until, str(int(until) + 1)))


def test_link_of_another_secret_is_not_valid(settings: Any) -> None:
    link = link_after()
    settings.SECRET_KEY = "x" * 50

    assert not works_after(link)


@pytest.mark.parametrize(
    "query",
    ["", "until=5", "key=5", "until=x&key=x", "until=-1&key=x", f"until={'9' * 5000}&key=x"],
)
def test_malformed_link_is_not_valid(query: str) -> None:
    assert not works_after(f"/?{query}")


@pytest.mark.parametrize("key", ["ä", "\ud800", "\0", "%ff"])
def test_malformed_signature_is_not_valid(key: str) -> None:
    query = QueryDict(mutable=True)
    query.update({"until": str(SINCE + 10), "key": key})

    with time_machine.travel(STORED_AT, tick=False):
        assert not is_signed(NAME, query)
