"""Handles the frames of clients: limits, handlers and error frames."""

import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from api.exceptions import ServiceError
from api.outages import raise_unless_away
from live import frames
from live.close_codes import CloseCode
from live.exceptions import BadFrame, UnknownFrame
from live.frames import Frame
from live.socket_consumer import SocketConsumer
from live.token_bucket import new_frame_bucket

Handler = Callable[[Frame], Awaitable[None]]


class FrameConsumer(SocketConsumer, ABC):
    """
    A socket that handles frames by `type`. An invalid frame gets an error, and the socket stays open.

    A frame that is too large, or that exceeds the rate limit, closes the socket.
    """

    def __init__(self) -> None:
        super().__init__()
        self.active_at = time.monotonic()
        self._bucket = new_frame_bucket()

    def frame_handlers(self) -> dict[str, Handler]:
        """Return the handlers by type of frame."""
        return {"ping": self.answer_ping}

    @abstractmethod
    async def answer_ping(self, frame: Frame) -> None:
        """Send a pong, after any changes that the client lacks."""

    def is_within_limit(self, frame: Frame | None) -> bool:
        """Count a frame; return whether the socket is still within its limit."""
        return self._bucket.try_take()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self._is_closing:
            return
        self.active_at = time.monotonic()
        size = len(bytes_data or (text_data or "").encode(errors="replace"))
        if size > settings.SOCKET_MAX_FRAME_BYTES:
            self.close_soon(CloseCode.FRAME_TOO_LARGE)
            return
        frame = frames.parse(text_data)
        if self.is_within_limit(frame):
            await self._handle(frame)
        else:
            self.close_soon(CloseCode.TOO_MUCH)

    async def _handle(self, frame: Frame | None) -> None:
        """Call the handler of a frame; answer refusals and database errors with an error frame."""
        try:
            if frame is None:
                raise BadFrame
            await self._handler_of(frame)(frame)
        except ServiceError as error:
            self.push(frames.error(str(error.detail), error.code))
        except ValidationError as error:
            self.push(frames.error(_first_message(error.detail), "invalid"))
        except DatabaseError as error:
            raise_unless_away(error)
            self.push(frames.error(_("Try again in a moment."), "temporarily_unavailable"))

    def _handler_of(self, frame: Frame) -> Handler:
        handlers = self.frame_handlers()
        kind = frame.get("type")
        if not isinstance(kind, str) or kind not in handlers:
            raise UnknownFrame
        return handlers[kind]


def _first_message(detail: Any) -> str:
    """Return the first message in DRF's nested error detail."""
    while isinstance(detail, (dict, list)):
        detail = next(iter(detail.values() if isinstance(detail, dict) else detail))
    return str(detail)
