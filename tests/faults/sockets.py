"""Devices: clients that keep a socket open, resume from their position, and can misbehave."""

import asyncio
import json
import random
import time
from abc import ABC, abstractmethod
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from tests.faults.cast import Person
from tests.faults.history import Frame, History
from tests.faults.web import Web

PING_SECONDS = 3.0
SILENCE_SECONDS = 8.0
"""A client that has received nothing for this many seconds, not even a pong, reconnects."""
HALF_OPEN_SECONDS = 30.0
UNAVAILABLE_CODES = {1000, 1001, 1005, 1006, 1012, 1013, None}
TOO_MUCH = 4008


class Device(ABC):
    """A client with one socket; after each failure, it reopens the socket at a random web process."""

    def __init__(self, person: Person, webs: list[Web], history: History, rng: random.Random):
        self.person = person
        self.webs = webs
        self.history = history
        self.rng = rng
        self.connection: ClientConnection | None = None
        self.connected_at = float("inf")
        # When the last attempt to connect began, in seconds of `time.monotonic()`.
        self.began = 0.0
        self.stalled_until = 0.0
        self._web = rng.randrange(len(webs))
        self._following: asyncio.Task[None] | None = None
        self._half_open: list[ClientConnection] = []
        self._is_stopped = False

    @abstractmethod
    def path(self) -> str:
        """Return the last part of the URL, with the version to resume from."""

    @abstractmethod
    async def take(self, frame: Frame) -> None:
        """Handle a frame."""

    # Connecting
    # --------------------------------------------------------------------------
    async def run(self) -> None:
        """Stay connected until `stop()`."""
        failures = 0
        while not self._is_stopped:
            began = asyncio.get_running_loop().time()
            self._following = asyncio.create_task(self._connect_and_follow())
            await asyncio.wait({self._following})
            self.connection, self.connected_at = None, float("inf")
            if not self._following.cancelled() and (error := self._following.exception()):
                raise error
            if asyncio.get_running_loop().time() - began > PING_SECONDS:
                failures = 0
            failures += 1
            self._web = self.rng.randrange(len(self.webs))
            await asyncio.sleep(self.rng.uniform(0, min(2.0, 0.2 * failures)))

    async def stop(self) -> None:
        """Close the socket cleanly."""
        self._is_stopped = True
        if self.connection:
            await self.connection.close()
        for each in self._half_open:
            each.transport.abort()
        if self._following:
            self._following.cancel()

    async def _connect_and_follow(self) -> None:
        web = self.webs[self._web]
        self.began = time.monotonic()
        try:
            self.connection = await connect(
                f"{web.socket_url}{self.path()}",
                subprotocols=[Subprotocol("bearer"), Subprotocol(self.person.token)],
                open_timeout=5,
                close_timeout=1,
                ping_interval=None,
                compression=None,
                max_queue=4,
                proxy=None,
            )
            self.connected_at = asyncio.get_running_loop().time()
            self.history.count("connections")
            await self._follow(self.connection)
        except ConnectionClosed as closed:
            self._note_close(closed.rcvd.code if closed.rcvd else None)
        except TimeoutError:
            self.history.count("connections_timed_out")
            if self.connection:
                self.connection.transport.abort()
        except (OSError, WebSocketException) as error:
            self._note_refusal(error)

    async def _follow(self, connection: ClientConnection) -> None:
        pinging = asyncio.create_task(self._keep_pinging(connection))
        try:
            while True:
                async with asyncio.timeout(SILENCE_SECONDS):
                    raw = await connection.recv()
                await self.take(json.loads(raw))
                if (rest := self.stalled_until - asyncio.get_running_loop().time()) > 0:
                    await asyncio.sleep(rest)
        finally:
            pinging.cancel()

    async def _keep_pinging(self, connection: ClientConnection) -> None:
        while True:
            await asyncio.sleep(PING_SECONDS)
            try:
                await self.say(connection, type="ping")
            except ConnectionClosed:
                return

    async def say(self, connection: ClientConnection, **frame: Any) -> None:
        await connection.send(json.dumps(frame))

    def _note_close(self, code: int | None) -> None:
        self.history.count(f"closed_{code}")
        if code == TOO_MUCH and self._was_stalled():
            return
        if code not in UNAVAILABLE_CODES:
            self.history.report("server_error", f"a socket was closed with {code}")

    def _was_stalled(self) -> bool:
        return asyncio.get_running_loop().time() - self.stalled_until < SILENCE_SECONDS

    def _note_refusal(self, error: Exception) -> None:
        self.history.count("refused_connections")
        status = getattr(getattr(error, "response", None), "status_code", 0)
        if status:
            self.history.report("server_error", f"a handshake was answered with {status}")

    # Misbehaviour
    # --------------------------------------------------------------------------
    def cut(self) -> None:
        """Break the connection without a close frame."""
        if self.connection:
            self.connection.transport.abort()

    def leave_half_open(self) -> None:
        """Abandon a connection without closing it: stop reading, so that the server keeps it open."""
        if self.connection and self._following:
            self.connection.transport.pause_reading()
            self._half_open.append(self.connection)
            loop = asyncio.get_running_loop()
            loop.call_later(HALF_OPEN_SECONDS, self.connection.transport.abort)
            self._following.cancel()

    def stall(self, seconds: float) -> None:
        """Stop reading for a while, then continue."""
        self.stalled_until = asyncio.get_running_loop().time() + seconds
