"""Which clients receive an event, and when it is sent."""

from typing import Any

import pytest
from django.db import transaction

from live import events
from live.events import announce, announce_now, user_group, user_of
from live.publisher import Event, Publisher

EVENT: Event = {"type": "event"}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Event]]:
    """The groups and events passed to the publisher."""
    found: list[tuple[str, Event]] = []
    publisher = Publisher()
    monkeypatch.setattr(publisher, "submit", lambda *of: found.append(of))
    monkeypatch.setattr(events, "publisher", publisher)
    return found


def test_event_is_sent_after_the_commit(transactional_db: Any, sent: list[Any]) -> None:
    with transaction.atomic():
        announce(2, EVENT)
        assert sent == []

    assert sent == [("user.2", EVENT)]


def test_event_of_a_rolled_back_transaction_is_not_sent(
    transactional_db: Any, sent: list[Any]
) -> None:
    with transaction.atomic():
        announce(2, EVENT)
        transaction.set_rollback(True)

    assert sent == []


def test_event_without_a_transaction_is_sent_at_once(sent: list[Any]) -> None:
    announce_now(2, EVENT)

    assert sent == [("user.2", EVENT)]


def test_nothing_is_sent_to_a_deleted_user(transactional_db: Any, sent: list[Any]) -> None:
    announce(None, EVENT)
    announce_now(None, EVENT)

    assert sent == []


def test_group_name_contains_the_user_id() -> None:
    assert user_of(user_group(17)) == 17
