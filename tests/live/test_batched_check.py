import asyncio

from live.batched_check import BatchedCheck
from tests.live.client import run


def test_checks_requested_during_a_query_share_the_next_one() -> None:
    queries: list[tuple[tuple[int, ...], ...]] = []

    def list_greater(*columns: tuple[int, ...]) -> dict[int, object]:
        queries.append(columns)
        keys, values = columns
        return {key: None for key, value in zip(keys, values, strict=True) if value > 5}

    async def scenario() -> None:
        check = BatchedCheck(list_greater)
        assert await check.is_behind(9) is True
        answers = await asyncio.gather(*(check.is_behind(value) for value in (4, 6, 5, 7)))
        assert answers == [False, True, False, True]

    run(scenario)
    assert queries == [((0,), (9,)), ((0, 1, 2, 3), (4, 6, 5, 7))]
