"""
Random sequences of all actions, compared with a simple model after every step.

Each example runs in a transaction that is rolled back. The clock is stopped, and only rules move it,
sometimes backwards. Every run generates the same examples.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import run_state_machine_as_test

from tests.messaging.job_machine import Jobs
from tests.messaging.machine import Conversations

pytestmark = pytest.mark.unmeasured


def test_invariants_hold_for_any_sequence_of_actions(db: None, settings: Any) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "messaging": "off"}

    run_state_machine_as_test(Conversations, settings=make_profile(examples=20, steps=25))


def test_each_job_is_done_whatever_happens_to_workers(db: None, settings: Any) -> None:
    # The counters outlive the transaction of an example.
    settings.THROTTLE_RATES = dict.fromkeys(settings.THROTTLE_RATES, "off")

    run_state_machine_as_test(Jobs, settings=make_profile(examples=10, steps=5))


def make_profile(*, examples: int, steps: int) -> hypothesis_settings:
    return hypothesis_settings(
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=examples,
        stateful_step_count=steps,
        phases=[Phase.generate],  # failures are not shrunk, which would take minutes
        suppress_health_check=list(HealthCheck),
    )
