"""Checks a request before its costly part, which is reading a form or hashing a password."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.slots import Limits, Slots

View = Callable[..., HttpResponseBase]


class Admission:
    """
    Decides whether to do a request's costly part: reading its form, or hashing its password.

    At first, only the view's authentication, permissions and throttles run. If these accept the request,
    `is_granted` becomes true.
    """

    def __init__(self) -> None:
        self.is_granted = False
        self.user_id: int | None = None

    def check_form(self, view: View) -> View:
        """
        Return a view that decides, without the body, whether a form for `view` is admitted.

        If `view` accepts no forms, return `view` itself: it runs as usual, but without the body, and
        refuses the request if a body is needed.
        """
        view_class: Any = getattr(view, "cls", None)  # None for a function-based view
        if view_class is None or MultiPartParser not in view_class.parser_classes:
            return view
        return self.check(view)

    def check(self, view: View) -> View:
        """Return a view that runs the checks of `view`, and calls `grant` if they accept the request."""
        view_class: Any = view.cls  # type: ignore[attr-defined]  # only class-based views are checked
        return _only_checks(view_class).as_view(**{**_options(view), "admission": self})

    def grant(self, request: Request) -> None:
        self.is_granted, self.user_id = True, request.user.pk


@cache
def _only_checks(view: type[APIView]) -> type[APIView]:
    """Return a subclass of `view` that runs only the view's checks, and then grants the request."""
    writes = [name for name in view.http_method_names if name.upper() not in SAFE_METHODS]
    known = [name for name in writes if hasattr(view, name)]
    return type(view.__name__, (view,), {"admission": None, **dict.fromkeys(known, _grant)})


def _grant(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
    view.admission.grant(request)
    return Response()


def without_throttles(view: View) -> View:
    """Return the view without its throttles, because they already ran in `Admission`."""
    view_class: type[APIView] = view.cls  # type: ignore[attr-defined]  # only class-based views are admitted
    return view_class.as_view(**{**_options(view), "throttle_classes": ()})


def _options(view: View) -> dict[str, Any]:
    options: dict[str, Any] = view.initkwargs  # type: ignore[attr-defined]  # set by as_view()
    return options


def make_upload_slots() -> Slots:
    """
    Return slots for the forms that are read or processed at the same time, in all and per person.

    Other forms wait, and their bodies are not read. If a body is still incomplete after
    `REQUEST_BODY_SECONDS`, the connection is closed.
    """
    of_one = Limits(settings.LARGE_BODIES_PER_PERSON, settings.LARGE_BODIES_QUEUE_PER_PERSON)
    in_all = Limits(settings.LARGE_BODIES, settings.LARGE_BODIES_QUEUE)
    return Slots("forms", in_all=in_all, per_key=of_one)
