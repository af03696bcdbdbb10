"""On SIGTERM, the sockets are closed first; then the server's own handler ends the process."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator

import pytest

from server.shutdown import drain_on_sigterm

pytestmark = pytest.mark.without_servers


@pytest.fixture
def reached() -> Iterator[list[int]]:
    """The signals that reach the server's own handler."""
    signals: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda signum, _: signals.append(signum))
    yield signals
    signal.signal(signal.SIGTERM, before)


def wait_for(event: asyncio.Event) -> Callable[[], Awaitable[None]]:
    """Return a `drain` function that lasts until the event is set."""

    async def drain() -> None:
        await event.wait()

    return drain


async def terminate() -> None:
    """Send SIGTERM, and let the event loop act on it."""
    signal.raise_signal(signal.SIGTERM)
    await settle()


async def settle() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


def test_server_is_told_once_the_sockets_are_closed(reached: list[int]) -> None:
    async def story() -> list[int]:
        are_closed = asyncio.Event()
        drain_on_sigterm(asyncio.get_running_loop(), wait_for(are_closed))
        await terminate()
        before = list(reached)
        are_closed.set()
        await settle()
        return before

    assert asyncio.run(story()) == []
    assert reached == [signal.SIGTERM]


def test_second_signal_reaches_the_server_at_once(reached: list[int]) -> None:
    async def story() -> None:
        drain_on_sigterm(asyncio.get_running_loop(), wait_for(asyncio.Event()))
        await terminate()
        await terminate()

    asyncio.run(story())

    assert reached == [signal.SIGTERM]
