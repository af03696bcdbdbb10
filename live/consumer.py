"""What both kinds of socket share: sign-in, limits, sending without waiting, and closing."""

import time
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, Generic

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import Error as DatabaseError
from rest_framework.exceptions import ValidationError

from api.exceptions import NotFound, NotSignedIn, ServiceError
from live import frames
from live.access import A, Authenticator
from live.close_codes import CloseCode, Refused
from live.exceptions import BadFrame, UnknownFrame
from live.frames import Frame
from live.handshake import (
    accepted_protocol,
    has_token_in_query,
    is_allowed_origin,
    refusal_of,
    token_of,
)
from live.listener import bell
from live.outbox import Outbox
from live.position_table import Compare
from live.publisher import Event
from live.reconciler import review
from live.registry import open_sockets
from live.task_coalescer import errands
from live.threads import in_thread
from live.token_bucket import new_frame_bucket


class LiveConsumer(AsyncWebsocketConsumer, Generic[A]):
    """
    A socket of somebody who is signed in.

    A refusal first accepts, then closes: otherwise a browser shows 1006 and hides the code. With
    `?token=` the handshake itself waits for the outcome. What is sent waits in a bounded outbox for
    a task that writes, so that a slow client holds up nothing.
    """

    authenticator: ClassVar[Authenticator[Any]]
    access: A
    compare: ClassVar[Compare]
    is_inbox = False

    def __init__(self) -> None:
        super().__init__()
        self.active_at = time.monotonic()
        self._bucket = new_frame_bucket()
        self._is_knocking = False
        self._is_ended = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """
        Serve one socket, with what its client says as the only thing that is waited for.

        Channels would keep two more tasks for it, one of them for events, which come by `hear`.
        """
        self.scope, self.base_send = scope, send
        self._outbox = Outbox(send)
        try:
            while True:
                await self.dispatch(await receive())
        except StopConsumer:
            pass
        finally:
            self._leave()
            self._outbox.close()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Pass on what the client does, without channels' hop through the one ORM thread before it."""
        await getattr(self, get_handler_name(message))(message)

    # Opening and closing
    # --------------------------------------------------------------------------
    async def connect(self) -> None:
        self._is_knocking = True
        if not has_token_in_query(self.scope):
            self._accept()
        try:
            await self._sign_in()
            await self.open()
            self._accept()
        except Refused as refusal:
            self.end(refusal.code)
        except NotSignedIn:
            self.end(CloseCode.NOT_SIGNED_IN)
        except NotFound:
            self.end(CloseCode.NOT_VISIBLE)
        except DatabaseError:
            self.end(CloseCode.TRY_AGAIN_LATER)

    def _accept(self) -> None:
        """Answer the handshake, unless that is done."""
        if self._is_knocking:
            self._is_knocking = False
            protocol = accepted_protocol(self.scope)
            self._outbox.put({"type": "websocket.accept", "subprotocol": protocol})

    async def open(self) -> None:
        """Check what may be seen, and bring the client up to date."""
        raise NotImplementedError

    async def _sign_in(self) -> None:
        if not is_allowed_origin(self.scope):
            raise Refused(CloseCode.NOT_VISIBLE)
        self.access = await self._authenticate(token_of(self.scope))
        open_sockets.admit(self)
        await bell.join(self.access.user_id)

    async def _authenticate(self, token: str, **of: int) -> A:
        path = self.scope["path"]
        return await in_thread(self.authenticator.authenticate, token, path, **of)

    def end(self, code: CloseCode) -> None:
        """Close the socket, after what waits in the outbox; or refuse the handshake."""
        if self._is_ended:
            return
        messages = refusal_of(self.scope, code) if self._is_knocking else []
        if not messages:
            self._accept()
            messages = [{"type": "websocket.close", "code": int(code)}]
        self._is_knocking = False
        self._leave()
        for message in messages:
            self._outbox.put(message)

    def _leave(self) -> None:
        self._is_ended = True
        review.forget(self)
        if hasattr(self, "access"):
            open_sockets.discard(self)
            bell.leave(self.access.user_id)

    async def websocket_disconnect(self, message: Any) -> None:
        raise StopConsumer

    def push(self, frame: str) -> None:
        """Send a frame soon. A client that falls too far behind is closed, and may resume."""
        if self._is_ended:
            return
        self._accept()
        if self._outbox.is_full:
            self._outbox.forget()
            self.end(CloseCode.TOO_MUCH)
        else:
            self._outbox.put({"type": "websocket.send", "text": frame})

    # Receiving
    # --------------------------------------------------------------------------
    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self._is_ended:
            return
        self.active_at = time.monotonic()
        size = len(bytes_data or (text_data or "").encode(errors="replace"))
        if size > settings.SOCKET_MAX_FRAME_BYTES:
            self.end(CloseCode.FRAME_TOO_LARGE)
            return
        frame = frames.parse(text_data)
        if self.is_within_limit(frame):
            await self._answer(frame)
        else:
            self.end(CloseCode.TOO_MUCH)

    def is_within_limit(self, frame: Frame | None) -> bool:
        """Count a frame; return False past what a socket may send."""
        return self._bucket.take()

    async def _answer(self, frame: Frame | None) -> None:
        """Carry out a frame; whatever is wrong with it, the socket lives on."""
        try:
            if frame is None:
                raise BadFrame
            await self._handler_of(frame)(frame)
        except ServiceError as error:
            self.push(frames.error(str(error.detail), error.code))
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
        self.access = await self._authenticate(
            token if isinstance(token, str) else "", user_id=self.access.user_id
        )
        self.has_moved()

    # Staying true
    # --------------------------------------------------------------------------
    @property
    def position(self) -> tuple[int, ...]:
        """How far the client is, as `compare` takes it; `has_moved` follows each change."""
        raise NotImplementedError

    def has_moved(self) -> None:
        """Have the review know where the client is."""
        if not self._is_ended:
            review.note(self)

    async def catch_up_with(self, stands: Any) -> None:
        """Find out what the channel layer lost, or close, when the database stands otherwise."""
        raise NotImplementedError

    def hear(self, event: Event) -> None:
        """
        Take an event: what has to wait for something is begun and left.

        One of an unknown kind comes from a newer process during a deployment; it is ignored.
        """
        handler = getattr(self, f"hear_{event['type'].replace('.', '_')}", None)
        if handler and not self._is_ended:
            handler(event)

    def hear_access_changed(self, event: Event) -> None:
        """A session of this user ended; it may be this one."""
        errands.begin(self.check_access)

    async def check_access(self) -> None:
        """Close if the session has ended, or the user may not sign in any more."""
        access = self.access
        has_ended = await in_thread(self.authenticator.has_ended, access)
        if has_ended and access is self.access:
            self.end(CloseCode.NOT_SIGNED_IN)


def _first_message(detail: Any) -> str:
    """Return one sentence out of DRF's nested error detail."""
    while isinstance(detail, (dict, list)):
        detail = next(iter(detail.values() if isinstance(detail, dict) else detail))
    return str(detail)
