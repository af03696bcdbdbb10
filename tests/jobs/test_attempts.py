"""A handler can ask which attempt it makes."""

import pytest

from jobs.attempts import Attempt, get_current_attempt
from jobs.services.enqueueing import enqueue
from tests.jobs.conftest import Later, Register
from tests.jobs.running import run_due


@pytest.mark.django_db
def test_handler_knows_its_attempt_and_whether_it_is_the_last(
    register: Register, later: Later
) -> None:
    made: list[Attempt] = []
    calls = register(retries=1)
    calls.on_call = lambda: made.append(get_current_attempt())
    calls.errors = [ValueError("No"), ValueError("No")]
    enqueue(kind="note")

    for _ in range(2):
        run_due()
        later(3600)

    assert made == [Attempt(1, is_last=False), Attempt(2, is_last=True)]
    assert get_current_attempt() == Attempt(1, is_last=False)
