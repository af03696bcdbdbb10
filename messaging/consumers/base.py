"""What both kinds of socket share: sign-in, limits, sending without waiting, and closing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import Error as DatabaseError
from rest_framework.exceptions import ValidationError

from messaging import frames
from messaging.consumers.codes import CloseCode, Refused
from messaging.consumers.handshake import accepted_protocol, is_allowed_origin, token_of
from messaging.consumers.limits import FrameBucket
from messaging.consumers.review import Facts, Subject, open_sockets
from messaging.consumers.threads import in_thread
from users.events import user_group
from users.exceptions import InvalidToken, NotFound, ServiceError
from users.models import User
from users.selectors import get_user_by_claims, list_living_claims
from users.services.sessions import record_view
from users.tokens import Claims, read_access_token

logger = logging.getLogger(__name__)

GROUP_TIMEOUT_SECONDS = 1.0

Frame = dict[str, Any]


class LiveConsumer(AsyncWebsocketConsumer):
    """
    A socket of somebody who is signed in.

    A refusal first accepts, then closes: otherwise a browser shows 1006 and hides the code. What is
    sent waits in a bounded outbox for a task that writes, so that a slow client holds up nothing.
    """

    user: User
    claims: Claims
    conversation_id: int | None = None

    def __init__(self) -> None:
        super().__init__()
        self._outbox: asyncio.Queue[str | int] = asyncio.Queue()
        self._writer: asyncio.Task[None] | None = None
        self._bucket = FrameBucket()
        self._is_joined = False
        self._is_open = False
        self._is_ended = False

    async def dispatch(self, message: dict[str, Any]) -> None:
        """
        Pass an event on, without channels' hop through the one ORM thread before each.

        An event of an unknown kind comes from a newer process during a deployment; it is ignored.
        """
        handler: Callable[[Any], Awaitable[None]] | None
        if handler := getattr(self, get_handler_name(message), None):
            await handler(message)

    # Opening and closing
    # --------------------------------------------------------------------------
    async def connect(self) -> None:
        await self.accept(accepted_protocol(self.scope))
        self._writer = asyncio.create_task(self._write())
        try:
            await self._sign_in()
            await self.open()
            self._is_open = True
        except Refused as refusal:
            await self.end(refusal.code)
        except InvalidToken:
            await self.end(CloseCode.NOT_SIGNED_IN)
        except NotFound:
            await self.end(CloseCode.NOT_VISIBLE)
        except DatabaseError:
            await self.end(CloseCode.TRY_AGAIN_LATER)

    async def open(self) -> None:
        """Check what may be seen, and bring the client up to date."""
        raise NotImplementedError

    async def _sign_in(self) -> None:
        if not is_allowed_origin(self.scope):
            raise Refused(CloseCode.NOT_VISIBLE)
        self.claims = read_access_token(token_of(self.scope))
        self.user = await in_thread(self._authenticate, self.claims)
        open_sockets.admit(self)
        await self._join()

    def _authenticate(self, claims: Claims) -> User:
        user = get_user_by_claims(claims)
        record_view(viewer=user, method="SOCKET", path=self.scope["path"])
        return user

    async def _join(self) -> None:
        """Join the user's group; while Redis is away the review tries again."""
        try:
            async with asyncio.timeout(GROUP_TIMEOUT_SECONDS):
                await self.channel_layer.group_add(user_group(self.user.pk), self.channel_name)
            self._is_joined = True
        except Exception as error:  # noqa: BLE001 - any failure of the layer means the same
            logger.warning("A socket could not join its group yet: %r", error)

    async def end(self, code: CloseCode) -> None:
        """Close the socket, after what waits in the outbox."""
        if not self._is_ended:
            await self._leave()
            self._outbox.put_nowait(int(code))

    async def _leave(self) -> None:
        self._is_ended = True
        if not hasattr(self, "user"):
            return
        open_sockets.discard(self)
        try:
            async with asyncio.timeout(GROUP_TIMEOUT_SECONDS):
                await self.channel_layer.group_discard(user_group(self.user.pk), self.channel_name)
        except Exception as error:  # noqa: BLE001 - the layer forgets the channel by itself
            logger.debug("A socket could not leave its group: %r", error)

    async def websocket_disconnect(self, message: Any) -> None:
        if not self._is_ended:
            await self._leave()
        if self._writer:
            self._writer.cancel()
        raise StopConsumer

    # Sending
    # --------------------------------------------------------------------------
    def push(self, frame: str) -> None:
        """Send a frame soon. A client that falls too far behind is closed, and may resume."""
        if self._is_ended:
            return
        if self._outbox.qsize() >= settings.SOCKET_PENDING_FRAMES:
            self._drop()
            return
        self._outbox.put_nowait(frame)

    def _drop(self) -> None:
        """Give up on a client that does not read: forget what waits, and close."""
        self._outbox = asyncio.Queue()
        stuck, self._writer = self._writer, asyncio.create_task(self._write())
        if stuck:
            stuck.cancel()
        asyncio.create_task(self.end(CloseCode.TOO_MUCH))  # noqa: RUF006 - it ends with the socket

    async def _write(self) -> None:
        try:
            while isinstance(item := await self._outbox.get(), str):
                await self.send(text_data=item)
            await self.close(item)
        except OSError:
            pass  # the client is gone; the disconnect event follows

    # Receiving
    # --------------------------------------------------------------------------
    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self._is_ended:
            return
        size = len(bytes_data or (text_data or "").encode(errors="replace"))
        if size > settings.SOCKET_MAX_FRAME_BYTES:
            await self.end(CloseCode.FRAME_TOO_LARGE)
        elif not self._bucket.take():
            await self.end(CloseCode.TOO_MUCH)
        else:
            await self._answer(text_data)

    async def _answer(self, text: str | None) -> None:
        """Carry out a frame; whatever is wrong with it, the socket lives on."""
        try:
            frame = parse_frame(text)
            await self._handler_of(frame)(frame)
        except ServiceError as error:
            self.push(frames.error(error.detail, error.code))
        except ValidationError as error:
            self.push(frames.error(_first_message(error.detail), "invalid"))
        except DatabaseError:
            self.push(frames.error("Try again in a moment.", "temporarily_unavailable"))

    def _handler_of(self, frame: Frame) -> Callable[[Frame], Awaitable[None]]:
        handlers = self.frame_handlers()
        kind = frame.get("type")
        if not isinstance(kind, str) or kind not in handlers:
            raise UnknownFrame
        return handlers[kind]

    def frame_handlers(self) -> dict[str, Callable[[Frame], Awaitable[None]]]:
        """Return what carries out each type of frame."""
        return {"ping": self.answer_ping, "authenticate": self.renew}

    async def answer_ping(self, frame: Frame) -> None:
        raise NotImplementedError

    async def renew(self, frame: Frame) -> None:
        """Take a fresh token of the same user; a bad one changes nothing."""
        token = frame.get("token")
        claims = read_access_token(token if isinstance(token, str) else "")
        if claims.user_id != self.user.pk:
            raise InvalidToken
        self.user = await in_thread(self._authenticate, claims)
        self.claims = claims

    # Staying true
    # --------------------------------------------------------------------------
    @property
    def subject(self) -> Subject:
        return Subject(self.user.pk, self.claims, self.conversation_id)

    async def review(self, subject: Subject, facts: Facts) -> None:
        """
        Close, or catch up, by how things stand in the database.

        One that is still opening is left alone: joining waits for Redis, and what it may see is
        not looked up yet.
        """
        if self._is_ended or not self._is_open or subject != self.subject:
            return
        if subject.claims not in facts.living:
            await self.end(CloseCode.NOT_SIGNED_IN)
            return
        if not self._is_joined:
            await self._join()
        await self.catch_up_with(facts)

    async def catch_up_with(self, facts: Facts) -> None:
        """Find out what the channel layer lost."""
        raise NotImplementedError

    async def access_changed(self, event: Frame) -> None:
        """A session of this user ended; it may be this one."""
        try:
            living = await in_thread(list_living_claims, {self.claims})
        except DatabaseError:
            return  # the review asks again
        if self.claims not in living:
            await self.end(CloseCode.NOT_SIGNED_IN)


class BadFrame(ServiceError):
    code = "bad_frame"
    detail = "A frame is a JSON object in a text frame."


class UnknownFrame(ServiceError):
    code = "unknown_type"
    detail = "There is no frame of this type."


def parse_frame(text: str | None) -> Frame:
    """Read a frame; raise BadFrame for what is not a JSON object, binary included."""
    try:
        frame = orjson.loads(text or "")
    except orjson.JSONDecodeError as error:
        raise BadFrame from error
    if not isinstance(frame, dict):
        raise BadFrame
    return frame


def _first_message(detail: Any) -> str:
    """Return one sentence out of DRF's nested error detail."""
    while isinstance(detail, (dict, list)):
        detail = next(iter(detail.values() if isinstance(detail, dict) else detail))
    return str(detail)
