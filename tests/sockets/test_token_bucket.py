"""What one socket may say, counted in memory."""

from typing import Any

import pytest

from live.token_bucket import FrameBucket, TypingGate


@pytest.fixture
def gate_for_two(settings: Any) -> TypingGate:
    """Return a gate that lets two states through, and no more for hours."""
    settings.SOCKET_FRAME_BURST = 2
    settings.SOCKET_FRAMES_PER_SECOND = 0.0001
    return TypingGate()


def passes(gate: TypingGate, is_typing: bool) -> bool:
    gate.is_typing = is_typing
    return gate.passes()


def test_bucket_is_empty_after_its_burst_and_says_how_long() -> None:
    bucket = FrameBucket(3, 0.001)

    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    assert 990 < bucket.wait <= 1000


def test_bucket_that_has_some_left_makes_nobody_wait() -> None:
    assert FrameBucket(1, 0.001).wait == 0


def test_typing_state_that_is_no_news_uses_up_nothing(gate_for_two: TypingGate) -> None:
    assert passes(gate_for_two, True)
    assert not any(passes(gate_for_two, True) for _ in range(100))
    assert passes(gate_for_two, False)


def test_typing_state_beyond_the_budget_waits_until_another_replaces_it(
    gate_for_two: TypingGate,
) -> None:
    assert passes(gate_for_two, True)
    assert passes(gate_for_two, False)

    assert not passes(gate_for_two, True)
    assert gate_for_two.is_behind
    assert gate_for_two.wait > 0
    assert not passes(gate_for_two, False)
    assert not gate_for_two.is_behind


def test_typing_frames_are_counted_before_anything_is_done_about_them(settings: Any) -> None:
    settings.SOCKET_TYPING_FRAME_BURST = 3
    settings.SOCKET_TYPING_FRAMES_PER_SECOND = 0.001
    gate = TypingGate()

    assert [gate.arrives() for _ in range(4)] == [True, True, True, False]
