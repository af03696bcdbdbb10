"""
Random sequences of everything that people do, held against a naive model after every step.

Each example runs in a transaction that is rolled back. The clock stands still, moves only by a rule,
and now and then backwards; nothing depends on chance from one run to the next.
"""

from typing import Any

from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import run_state_machine_as_test

from tests.messaging.machine import Conversations


def test_whatever_people_do_the_invariants_hold(db: None, settings: Any) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "messaging": "off"}
    profile = hypothesis_settings(
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=20,
        stateful_step_count=25,
        phases=[Phase.generate],  # a failure is shown as it was found: shrinking takes minutes
        suppress_health_check=list(HealthCheck),
    )

    run_state_machine_as_test(Conversations, settings=profile)
