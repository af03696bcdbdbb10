import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from server.coalescing_transport import CoalescingTransport

pytestmark = pytest.mark.without_servers


class Recorder(asyncio.Transport):
    """A transport that records its calls."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Any] = []

    def write(self, data: Any) -> None:
        self.calls.append(bytes(data))

    def close(self) -> None:
        self.calls.append("close")

    def abort(self) -> None:
        self.calls.append("abort")

    def is_closing(self) -> bool:
        return "close" in self.calls

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return (name, default)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.calls.append(protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        protocol: asyncio.BaseProtocol = self.calls[-1]
        return protocol

    def pause_reading(self) -> None:
        self.calls.append("pause")

    def resume_reading(self) -> None:
        self.calls.append("resume")


def run(*steps: Callable[[CoalescingTransport], None]) -> list[Any]:
    """Run each step in its own iteration of the event loop; return the calls of the inner transport."""

    async def story() -> list[Any]:
        recorder = Recorder()
        transport = CoalescingTransport(recorder)
        for step in steps:
            step(transport)
            await asyncio.sleep(0)
        return recorder.calls

    return asyncio.run(story())


def write_both(transport: CoalescingTransport) -> None:
    transport.write(b"head ")
    transport.write(bytearray(b"body"))


def write_and_close(transport: CoalescingTransport) -> None:
    transport.write(b"last")
    transport.close()


def write_and_abort(transport: CoalescingTransport) -> None:
    transport.write(b"lost")
    transport.abort()


def test_writes_of_one_iteration_are_one_write() -> None:
    assert run(write_both, write_both) == [b"head body", b"head body"]


def test_closing_writes_first() -> None:
    assert run(write_and_close) == [b"last", "close"]


def test_aborting_writes_nothing() -> None:
    assert run(write_and_abort) == ["abort"]


def test_other_calls_are_passed_on() -> None:
    protocol = asyncio.Protocol()

    async def story() -> None:
        recorder = Recorder()
        transport = CoalescingTransport(recorder)
        transport.pause_reading()
        transport.resume_reading()
        assert not transport.is_closing()
        transport.close()
        assert transport.is_closing()
        transport.set_protocol(protocol)
        assert transport.get_protocol() is protocol
        assert transport.get_extra_info("peername", "none") == ("peername", "none")
        assert recorder.calls == ["pause", "resume", "close", protocol]

    asyncio.run(story())
