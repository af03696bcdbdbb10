"""A server that goes away is logged once a second, with the reason, and once when it is back."""

import logging

import pytest
import redis.exceptions
from django.db import DatabaseError

from api.outages import REDIS_AWAY, Outage, log_failure, may_be_tried_again, raise_unless_away
from tests.database_errors import away, postgres_error

pytestmark = pytest.mark.without_servers


def test_reason_is_logged_once_a_second_and_the_end_once(caplog: pytest.LogCaptureFixture) -> None:
    now = 0.0
    outage = Outage("The database", clock=lambda: now)

    for tenth in range(25):
        now = tenth / 10
        outage.note(away(), ", jobs wait")
    now = 12.0
    outage.end()
    outage.end()

    assert caplog.messages == [
        *["The database is away, jobs wait: connection failed"] * 3,
        "The database is back after 12 s.",
    ]


def test_success_between_failures_is_not_an_end(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage("The database")

    outage.end()
    outage.note("too many connections")
    outage.end()

    assert caplog.messages == ["The database is away: too many connections"]


def test_reason_of_several_lines_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    Outage("Redis").note("connection refused\n\tIs it running?")

    assert caplog.messages == ["Redis is away: connection refused Is it running?"]


def test_failure_has_a_traceback_unless_the_database_is_away(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log_failure(postgres_error("42P01"), "Looking for jobs failed.")
    log_failure(postgres_error("57P01"), "Looking for jobs failed.", ", jobs wait")

    bug, outage = caplog.records
    assert (bug.levelno, bug.message, bool(bug.exc_info)) == (
        logging.ERROR,
        "Looking for jobs failed.",
        True,
    )
    assert (outage.levelno, bool(outage.exc_info)) == (logging.WARNING, False)


@pytest.mark.parametrize(
    ("error", "is_away"),
    [
        (redis.exceptions.ConnectionError(), True),
        (redis.exceptions.AuthenticationError(), True),
        (redis.exceptions.BusyLoadingError(), True),
        (redis.exceptions.TimeoutError(), True),
        (redis.exceptions.ReadOnlyError(), True),
        (redis.exceptions.OutOfMemoryError(), True),
        (ConnectionRefusedError(), True),
        (redis.exceptions.ResponseError("WRONGTYPE"), False),
        (redis.exceptions.NoScriptError(), False),
        (redis.exceptions.NoPermissionError(), False),
        (ValueError(), False),
    ],
)
def test_errors_of_redis_are_told_apart(error: Exception, is_away: bool) -> None:
    assert isinstance(error, REDIS_AWAY) == is_away


def test_failure_of_redis_that_is_not_an_outage_has_a_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    Outage("Redis").report(redis.exceptions.ResponseError("WRONGTYPE"), ", trying again")
    Outage("Redis").report(TimeoutError())

    assert caplog.messages == ["Redis failed, trying again.", "Redis is away: TimeoutError"]
    assert [bool(each.exc_info) for each in caplog.records] == [True, False]


def test_error_that_is_not_an_outage_is_raised_again() -> None:
    raise_unless_away(away())

    with pytest.raises(DatabaseError):
        raise_unless_away(postgres_error("42P01"))
    assert not may_be_tried_again(None)
