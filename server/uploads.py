"""Multipart uploads: authenticates the sender before reading the body, and limits parallel uploads."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.lanes import LaneFull

View = Callable[..., HttpResponseBase]


class Admission:
    """
    Decides from the headers of a multipart request whether to read its body.

    If the view accepts forms, only its authentication, permissions and throttles run at first. If these
    accept the request, `is_granted` becomes true, and the body is to be read. A view that accepts no
    forms runs as usual, but without the body. Such a view refuses the request if a body is needed.
    """

    def __init__(self) -> None:
        self.is_granted = False
        self.user_id: int | None = None

    def stand_in(self, view: View) -> View:
        """
        Return a view that decides, without the body, whether a form for `view` is admitted.

        The returned view runs the authentication, permissions and throttles of `view`. If they accept the
        request, the returned view calls `grant`. If `view` accepts no forms, return `view` itself.
        """
        view_class: Any = getattr(view, "cls", None)  # None for a function-based view
        if view_class is None or MultiPartParser not in view_class.parser_classes:
            return view
        return _without_body(view_class).as_view(**{**_options(view), "admission": self})

    def grant(self, request: Request) -> None:
        self.is_granted, self.user_id = True, request.user.pk


@cache
def _without_body(view: type[APIView]) -> type[APIView]:
    """Return a subclass of `view` that runs only the view's checks. If they pass, the body may be read."""
    writes = [name for name in view.http_method_names if name.upper() not in SAFE_METHODS]
    known = [name for name in writes if hasattr(view, name)]
    return type(view.__name__, (view,), {"admission": None, **dict.fromkeys(known, _grant)})


def _grant(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
    view.admission.grant(request)
    return Response()


def without_throttles(view: View) -> View:
    """Return the view without its throttles, because they already ran before the body was read."""
    view_class: type[APIView] = view.cls  # type: ignore[attr-defined]  # only class-based views are admitted
    return view_class.as_view(**{**_options(view), "throttle_classes": ()})


def _options(view: View) -> dict[str, Any]:
    options: dict[str, Any] = view.initkwargs  # type: ignore[attr-defined]  # set by as_view()
    return options


class UploadSlots:
    """
    Limits the number of forms that are read or processed at the same time, in total and per person.

    Other forms wait, and their bodies are not read. If a body is still incomplete after
    `REQUEST_BODY_SECONDS`, the connection is closed.
    """

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(settings.LARGE_BODIES)
        self._slots_of: dict[int | None, asyncio.Semaphore] = {}
        self._requests: Counter[int | None] = Counter()

    @asynccontextmanager
    async def hold(self, user_id: int | None) -> AsyncIterator[None]:
        """Acquire a slot; raise LaneFull if too many requests wait for one."""
        self._enter(user_id)
        try:
            async with self._slots_of[user_id], self._slots:
                yield
        finally:
            self._leave(user_id)

    def _enter(self, user_id: int | None) -> None:
        of_one = settings.LARGE_BODIES_PER_PERSON + settings.LARGE_BODIES_QUEUE_PER_PERSON
        of_all = settings.LARGE_BODIES + settings.LARGE_BODIES_QUEUE
        if self._requests[user_id] >= of_one or self._requests.total() >= of_all:
            raise LaneFull("Too many forms wait for an upload slot.")
        if user_id not in self._slots_of:
            self._slots_of[user_id] = asyncio.Semaphore(settings.LARGE_BODIES_PER_PERSON)
        self._requests[user_id] += 1

    def _leave(self, user_id: int | None) -> None:
        self._requests[user_id] -= 1
        if not self._requests[user_id]:
            del self._requests[user_id], self._slots_of[user_id]
