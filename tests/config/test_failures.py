"""What people get when something behind an endpoint fails."""

from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.urls import path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config import errors
from tests.conftest import Client

FAILURES: dict[str, type[Exception]] = {
    "operational": OperationalError,
    "interface": InterfaceError,
    "bug": ZeroDivisionError,
}


class FailingView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request: Request, kind: str) -> Response:
        raise FAILURES[kind]("secret of the inside")


handler500 = errors.server_error
urlpatterns = [path("fails/<str:kind>/", FailingView.as_view())]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("kind", ["operational", "interface"])
def test_database_that_is_away_is_temporary(api: Client, kind: str) -> None:
    response: Any = api.get(f"/fails/{kind}/")

    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert response.json() == {
        "detail": "Something behind this is away for a moment. Try again.",
        "code": "temporarily_unavailable",
    }


@pytest.mark.urls(__name__)
def test_bug_is_told_without_its_secrets(api: Client) -> None:
    api.raise_request_exception = False

    response: Any = api.get("/fails/bug/")

    assert response.status_code == 500
    assert response.json() == {
        "detail": "Something went wrong on our side.",
        "code": "server_error",
    }
