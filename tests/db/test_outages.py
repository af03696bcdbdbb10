import psycopg
import pytest

from db.outages import is_away, is_conflict

pytestmark = pytest.mark.without_servers


def test_errors_of_the_driver_itself_are_told_apart() -> None:
    assert is_away(psycopg.OperationalError("no route"))
    assert is_conflict(psycopg.errors.DeadlockDetected())
    assert not is_conflict(psycopg.OperationalError("no route"))
