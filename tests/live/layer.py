import asyncio

from live.publisher import Event


class Layer:
    """A channel layer that can be unavailable or slow."""

    def __init__(self) -> None:
        self.groups: set[str] = set()
        self.calls: list[str] = []
        self.error: Exception | None = None
        self.is_open = asyncio.Event()
        self.is_open.set()
        self.events: asyncio.Queue[Event | Exception] = asyncio.Queue()

    async def new_channel(self) -> str:
        return "specific.1"

    async def group_add(self, group: str, channel: str) -> None:
        self.calls.append(f"add {group}")
        await self.is_open.wait()
        if self.error:
            raise self.error
        self.groups.add(group)

    async def group_discard(self, group: str, channel: str) -> None:
        self.calls.append(f"discard {group}")
        if self.error:
            raise self.error
        self.groups.discard(group)

    async def receive(self, channel: str) -> Event:
        event = await self.events.get()
        if isinstance(event, Exception):
            raise event
        return event
