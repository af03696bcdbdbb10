"""
Serves each API request with a single hop to a thread, and an upload or a password with two.

Django's ASGI handler starts a thread for each request and switches to it about twenty times: twice
per middleware, and for signals, the view, rendering and closing. One switch takes longer than a
query. Here one of a few permanent threads runs a whole request, from the first middleware to closing
the response. docs/adr/0008-one-hop-api-handler.md has the figures.
"""

import logging
from contextlib import closing
from functools import partial
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.core.signals import request_started
from django.urls import set_script_prefix
from django.utils.log import log_response

from api import outages
from api.error_body import MALFORMED
from api.errors import busy
from server.body_files import BodyFile
from server.body_limits import is_form, read_body
from server.chain import ApiRequest, StandIn, build_chain
from server.client_address import client_network
from server.disconnects import ClientGone, has_left, wait_until_left
from server.hashing_endpoints import find_hashing_endpoints
from server.kept_connections import keep_connections, replace_cut_connections
from server.lanes import Lane, LaneFull
from server.one_core import one_core
from server.request_ids import request_id
from server.request_log import note_request
from server.responses import (
    RawResponse,
    break_reference_cycles,
    raw_response_of,
    refuse,
    send_response,
)
from server.slots import Slots, make_password_slots
from server.uploads import Admission, make_upload_slots, without_throttles

logger = logging.getLogger(__name__)

Body = bytes | IO[bytes]


class OneHopHandler:
    """An ASGI app that runs a whole request in one thread. Responses are small, so none is streamed."""

    def __init__(self, passwords: Slots | None = None) -> None:
        self._get_response = build_chain(settings.API_MIDDLEWARE)
        self._hashing = find_hashing_endpoints()
        self._api = Lane("api", settings.API_THREADS, settings.API_QUEUE)
        anywhere = one_core.run_anywhere
        self._passwords = Lane("passwords", settings.PASSWORD_THREADS, prepare_thread=anywhere)
        self._password_slots = passwords or make_password_slots()
        self._pictures = Lane("pictures", settings.PICTURE_THREADS, settings.LARGE_BODIES, anywhere)
        self._upload_slots = make_upload_slots()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """
        Answer one request.

        If the client disconnects, a waiting request is dropped, but a running one is completed.
        """
        serve = self._serve_form if is_form(scope) else self._serve
        try:
            answer = await serve(scope, receive)
        except ClientGone:
            return
        except LaneFull as full:
            answer = self._refuse(scope, full)
        await send_response(send, answer)

    async def _serve(self, scope: Any, receive: Any) -> RawResponse:
        """Read the body, then answer in the thread pool for this kind of request."""
        body = await read_body(receive)
        whole = _with_length(scope, len(body))
        if (scope["method"], scope["path"]) in self._hashing:
            return await self._serve_password(whole, receive, body)
        return await self._api.run_for(receive, self._answer, whole, body)

    async def _serve_password(self, scope: Any, receive: Any, body: bytes) -> RawResponse:
        """
        Check the sender and the rate limits, then acquire a slot and answer.

        A request beyond a rate limit is refused at once, so it delays no other one with a password.
        """
        admission = Admission()
        refusal = await self._api.run_for(receive, self._answer, scope, body, admission.check)
        if not admission.is_granted:
            return refusal
        key = admission.user_id or client_network(scope)
        async with self._password_slots.hold(key, receive):
            return await self._passwords.run(self._answer, scope, body, without_throttles)

    async def _serve_form(self, scope: Any, receive: Any) -> RawResponse:
        """
        Authenticate the sender of a form, then acquire an upload slot, store the body on disk and answer.

        The view authenticates again, because the session can end while the body arrives.
        """
        admission, left = Admission(), partial(wait_until_left, scope)
        unread = _with_placeholder_length(scope)
        refusal = await self._api.run_for(left, self._answer, unread, b"", admission.check_form)
        if not admission.is_granted:
            return refusal
        async with self._upload_slots.hold(admission.user_id, left):
            with closing(BodyFile()) as body:
                await body.receive(receive)
                if has_left(scope):
                    raise ClientGone
                whole = _with_length(scope, body.length)
                return await self._pictures.run_for(
                    receive, self._answer, whole, body.stream, without_throttles
                )

    def _answer(self, scope: Any, body: Body, stand_in: StandIn | None = None) -> RawResponse:
        """Answer in a worker thread, using the thread's persistent database connection."""
        set_script_prefix(scope.get("root_path", "") or "/")
        replace_cut_connections()
        request_started.send(sender=self.__class__, scope=scope)
        return self._respond(scope, body, stand_in)

    def _respond(self, scope: Any, body: Body, stand_in: StandIn | None = None) -> RawResponse:
        stream = BytesIO(body) if isinstance(body, bytes) else body
        try:
            request = ApiRequest(scope, stream)
        except UnicodeDecodeError:
            return _refuse_malformed(scope)
        request.stand_in = stand_in
        with closing(request):
            request_id.set(scope["log"].id if "log" in scope else "")
            response = self._get_response(request)
            note_request(request)
            if response.status_code < 300:  # noqa: PLR2004 - HTTP's
                outages.database.end()
            keep_connections()
            with closing(response):  # sends request_finished, as Django's own handlers do
                _log(request, response)
                answer = raw_response_of(response)
                break_reference_cycles(response)
                return answer

    def _refuse(self, scope: Any, full: LaneFull) -> RawResponse:
        """Return a 503 response. This runs on the event loop, without blocking or using the database."""
        logger.warning("503 %s %s: %s", scope["method"], scope["path"], full)
        return self._respond(scope, b"", busy)


def _refuse_malformed(scope: Any) -> RawResponse:
    """Refuse a request whose query is not UTF-8, for which Django has no request object."""
    path, headers = scope["path"], scope["headers"]
    return refuse(400, MALFORMED, "bad_request", path=path, request_headers=headers)


def _log(request: ApiRequest, response: Any) -> None:
    """Log an error as Django's own handlers do, except a 503 that `_refuse` has already logged."""
    if response.status_code >= 400 and request.stand_in is not busy:  # noqa: PLR2004 - HTTP's
        reason = response.reason_phrase
        log_response("%s: %s", reason, request.path, response=response, request=request)


def _with_length(scope: Any, length: int) -> Any:
    """Add the length of a chunked body: DRF treats a body without Content-Length as empty."""
    if not length or any(name == b"content-length" for name, _ in scope["headers"]):
        return scope
    return {**scope, "headers": [*scope["headers"], (b"content-length", b"%d" % length)]}


def _with_placeholder_length(scope: Any) -> Any:
    """Add a placeholder length to a request with a chunked body, which DRF would treat as empty."""
    in_chunks = any(name == b"transfer-encoding" for name, _ in scope["headers"])
    return _with_length(scope, 1) if in_chunks else scope
