import asyncio
from typing import Any

from live.outbox import Message, Outbox
from tests.live.client import Client, run, settle, text


def test_queued_messages_are_sent_in_order() -> None:
    async def scenario() -> None:
        client = Client()
        outbox = Outbox(client.send)

        for number in range(3):
            outbox.put(text(f"{number}"))
        assert client.seen == []
        await settle()
        outbox.put(text("3"))
        await settle()

        assert client.seen == [text(f"{number}") for number in range(4)]

    run(scenario)


def test_closed_outbox_sends_nothing_more() -> None:
    async def scenario() -> None:
        client = Client()
        client.reads.clear()
        outbox = Outbox(client.send)
        outbox.put(text("being sent"))
        outbox.put(text("queued"))
        await settle()

        outbox.close()
        client.reads.set()
        await settle()
        outbox.close()

        assert client.seen == []

    run(scenario)


def test_queue_of_a_disconnected_client_is_dropped() -> None:
    attempts: list[Message] = []

    async def send(message: Message) -> None:
        attempts.append(message)
        raise BrokenPipeError

    async def scenario() -> None:
        outbox = Outbox(send)
        outbox.put(text("first"))
        outbox.put(text("second"))
        await settle()

        assert attempts == [text("first")]
        await asyncio.sleep(0)

    run(scenario)


def test_outbox_is_full_when_its_frames_are_large(settings: Any) -> None:
    settings.SOCKET_PENDING_BYTES = 100

    async def scenario() -> None:
        client = Client()
        outbox = Outbox(client.send)
        for full in (False, True):
            outbox.put(text("x" * 50))
            assert outbox.is_full is full
        await settle()
        assert not outbox.is_full

    run(scenario)
