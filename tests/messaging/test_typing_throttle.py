"""The limits on typing frames, counted in memory."""

import time
from typing import Any

import pytest

from messaging.consumers.typing_throttle import TypingThrottle


@pytest.fixture
def throttle_for_two(settings: Any) -> TypingThrottle:
    """A throttle that allows two announcements, and no further ones for hours."""
    settings.SOCKET_FRAME_BURST = 2
    settings.SOCKET_FRAMES_PER_SECOND = 0.0001
    return TypingThrottle()


def should_announce(throttle: TypingThrottle, is_typing: bool) -> bool:
    throttle.is_typing = is_typing
    return throttle.should_announce()


def test_client_that_has_not_typed_does_not_announce_that_it_stopped(
    throttle_for_two: TypingThrottle,
) -> None:
    assert not throttle_for_two.is_pending
    assert not should_announce(throttle_for_two, False)


def test_unchanged_state_does_not_count(throttle_for_two: TypingThrottle) -> None:
    assert should_announce(throttle_for_two, True)
    assert not any(should_announce(throttle_for_two, True) for _ in range(100))
    assert should_announce(throttle_for_two, False)


def test_continued_state_is_announced_again_after_the_interval(
    throttle_for_two: TypingThrottle, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert should_announce(throttle_for_two, True)

    later = time.monotonic() + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)

    assert should_announce(throttle_for_two, True)


def test_state_past_the_limit_is_pending_until_replaced(
    throttle_for_two: TypingThrottle,
) -> None:
    assert should_announce(throttle_for_two, True)
    assert should_announce(throttle_for_two, False)

    assert not should_announce(throttle_for_two, True)
    assert throttle_for_two.is_pending
    assert throttle_for_two.wait_seconds > 0
    assert not should_announce(throttle_for_two, False)
    assert not throttle_for_two.is_pending


def test_errors_count_as_announcements(throttle_for_two: TypingThrottle) -> None:
    assert [throttle_for_two.may_send_error() for _ in range(3)] == [True, True, False]
    assert not should_announce(throttle_for_two, True)


def test_accepted_frames_are_limited(settings: Any) -> None:
    settings.SOCKET_TYPING_FRAME_BURST = 3
    settings.SOCKET_TYPING_FRAMES_PER_SECOND = 0.001
    throttle = TypingThrottle()

    assert [throttle.accepts_frame() for _ in range(4)] == [True, True, True, False]
