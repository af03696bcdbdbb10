from itertools import pairwise

import pytest

from tests.faults.inject import Injector
from tests.faults.schedule import CLIENTS, KINDS, RECOVERY_SECONDS, plan

pytestmark = pytest.mark.without_servers


def test_plan_is_a_function_of_its_seed() -> None:
    first = plan(seed=7, seconds=120, webs=2, embedded=False)
    again = plan(seed=7, seconds=120, webs=2, embedded=False)
    other = plan(seed=8, seconds=120, webs=2, embedded=False)

    assert first == again
    assert first != other


def test_plan_of_ten_minutes_has_hundreds_of_faults_of_every_kind() -> None:
    faults = plan(seed=1, seconds=600, webs=2, embedded=False)

    assert len(faults) > 200
    assert {fault.kind for fault in faults} == {kind.name for kind in KINDS}
    assert all(hasattr(Injector, f"_{kind.name}") for kind in KINDS)


def test_plan_for_embedded_breaks_only_existing_servers() -> None:
    faults = plan(seed=1, seconds=600, webs=1, embedded=True)

    assert {fault.target for fault in faults} == {"web0", "layer", "mail", "push", CLIENTS}


def test_plan_gives_each_server_time_to_recover() -> None:
    faults = plan(seed=1, seconds=600, webs=2, embedded=False)

    for target in ("web0", "web1", "worker", "redis", "postgres", "mail", "push"):
        own = [fault for fault in faults if fault.target == target]
        assert len(own) > 1
        for earlier, later in pairwise(own):
            assert later.at >= earlier.at + earlier.seconds + RECOVERY_SECONDS
