"""The base class of sockets: authenticates, handles events, and is reconciled with the database."""

from abc import abstractmethod
from functools import cached_property
from typing import Any, ClassVar, Generic

from django.conf import settings
from django.db import Error as DatabaseError

from api.exceptions import NotFound, NotSignedIn
from api.outages import raise_unless_away
from live.access import A, Authenticator
from live.close_codes import CloseCode, SocketRefused
from live.frame_consumer import FrameConsumer, Handler
from live.frames import Frame
from live.handshake import access_token, has_token_in_query, is_allowed_origin
from live.handshake_limit import end_handshake
from live.listener import listener
from live.position_table import ListBehind
from live.publisher import Event
from live.reconciler import reconciler
from live.registry import open_sockets
from live.task_coalescer import tasks
from live.threads import in_thread
from live.token_bucket import TokenBucket
from server.request_log import note_socket


class LiveConsumer(FrameConsumer, Generic[A]):
    """
    A socket of a signed-in user. Subclasses define the content, and the client's state in `position`.

    The socket is accepted before any check, and closed with a code if a check fails. If the socket had
    not been accepted first, browsers would report 1006 instead of the code.

    If the client sends its token in `?token=`, however, the socket is accepted after all checks, and
    a failed check refuses the handshake with an HTTP status. Some codes have no HTTP status, such as
    4001 for a bad token. For these, the socket is accepted, and then closed with the code.
    """

    authenticator: ClassVar[Authenticator[Any]]
    list_behind: ClassVar[ListBehind]
    is_evicted_last = False
    access: A

    # Opening and closing
    # --------------------------------------------------------------------------
    async def connect(self) -> None:
        self._is_handshaking = True
        if not has_token_in_query(self.scope):
            self._accept()
        try:
            await self._sign_in()
            await self.open()
            if not self._is_closing:
                open_sockets.make_room(self)
            self._accept()
        except SocketRefused as refused:
            self.close_soon(refused.code)
        except NotSignedIn:
            self.close_soon(CloseCode.NOT_SIGNED_IN)
        except NotFound:
            self.close_soon(CloseCode.NOT_VISIBLE)
        except DatabaseError as error:
            raise_unless_away(error)
            self.close_soon(CloseCode.TRY_AGAIN_LATER)
        finally:
            end_handshake(self.scope)

    @abstractmethod
    async def open(self) -> None:
        """Send the content that the client lacks. Raise NotFound if the user may not see the content."""

    async def _sign_in(self) -> None:
        if not is_allowed_origin(self.scope):
            raise SocketRefused(CloseCode.NOT_VISIBLE)
        self.access = await self._authenticate(access_token(self.scope))
        note_socket(self.scope, self.access.user_id)
        open_sockets.add(self)
        await listener.subscribe(self.access.user_id)

    async def _authenticate(self, token: str, *, user_id: int | None = None) -> A:
        authenticate, path = self.authenticator.authenticate, self.scope["path"]
        access: A = await in_thread(authenticate, token, path, user_id=user_id)
        return access

    def _unregister(self) -> None:
        super()._unregister()
        reconciler.untrack(self)
        if hasattr(self, "access"):
            open_sockets.leave(self)
            listener.release(self.access.user_id)

    def _end(self) -> None:
        super()._end()
        if hasattr(self, "access"):
            open_sockets.remove(self)

    # From the client
    # --------------------------------------------------------------------------
    @cached_property
    def _reauthentications(self) -> TokenBucket:
        """Create the bucket on the first such frame, because most sockets never receive one."""
        return TokenBucket(
            settings.SOCKET_AUTHENTICATE_BURST, settings.SOCKET_AUTHENTICATE_PER_SECOND
        )

    def frame_handlers(self) -> dict[str, Handler]:
        return {**super().frame_handlers(), "authenticate": self.reauthenticate}

    async def reauthenticate(self, frame: Frame) -> None:
        """
        Replace the token with a new one of the same user.

        If the new token is invalid, raise NotSignedIn and keep the current one. Close the socket if the
        client does this far more often than tokens expire.
        """
        if not self._reauthentications.try_take():
            self.close_soon(CloseCode.TOO_MUCH)
            return
        token = frame.get("token")
        self.access = await self._authenticate(
            token if isinstance(token, str) else "", user_id=self.access.user_id
        )
        self.track_position()

    # From the channel layer and the database
    # --------------------------------------------------------------------------
    def on_event(self, event: Event) -> None:
        """
        Call `handle_<type>`, which must not block: it schedules tasks for work on the database.

        Ignore unknown types: during a deployment they come from a newer release.
        """
        handler = getattr(self, f"handle_{event['type'].replace('.', '_')}", None)
        if handler and not self._is_closing:
            handler(event)

    def handle_access_changed(self, event: Event) -> None:
        """
        Close the socket if its access has ended.

        The event means that one of the user's sessions has ended, or that the account was deactivated or
        deleted.
        """
        tasks.schedule(self.check_access)

    async def check_access(self) -> None:
        """Close the socket if its token has expired, its session has ended, or the user has lost access."""
        access = self.access
        has_ended = await in_thread(self.authenticator.has_ended, access)
        if has_ended and access is self.access:
            self.close_soon(CloseCode.NOT_SIGNED_IN)

    @property
    @abstractmethod
    def position(self) -> tuple[int, ...]:
        """The client's state: the arguments of `list_behind` that follow the socket's key and user id."""

    def track_position(self) -> None:
        """Tell the reconciler this socket's position and access. Call this whenever one of them changes."""
        if not self._is_closing:
            reconciler.track(self)

    @abstractmethod
    async def reconcile(self, actual: Any) -> None:
        """
        Send the changes that the client lacks; close the socket if the user may no longer see the content.

        `actual` is the newer state in the database. Subclasses may leave the sending to a later comparison,
        because the changes may still arrive as events.
        """
