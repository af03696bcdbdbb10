"""Responses when a service behind an endpoint fails."""

from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api import errors
from notifications.services.devices import register_device
from tests.conftest import Client
from tests.factories import make_trainee
from tests.refusals import refusal
from tests.users.bodies import INVALID_TOKEN
from users.models import AuthSession, User

AWAY = refusal(
    "The service is temporarily unavailable. Please try again.", "temporarily_unavailable"
)
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


class DeletedMeanwhileView(APIView):
    """Registers a device for an account that has been deleted during the request."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def post(self, request: Request) -> Response:
        bob = make_trainee("bob", None)
        User.objects.filter(pk=bob.pk).delete()
        return Response(register_device(user=bob, token="x", platform="ios")[1])


def deleted_meanwhile(request: HttpRequest) -> HttpResponse:
    """Insert a session for a deleted account, in a view without DRF."""
    AuthSession.objects.create(user_id=0, expires_at=timezone.now())
    return HttpResponse()


def saved_meanwhile(request: HttpRequest) -> HttpResponse:
    """Save a deleted account, in a view without DRF."""
    bob = make_trainee("bob", None)
    User.objects.filter(pk=bob.pk).delete()
    bob.save(update_fields=["first_name"])
    return HttpResponse()


handler500 = errors.server_error
urlpatterns = [
    path("fails/<str:kind>/", FailingView.as_view()),
    path("deleted/", DeletedMeanwhileView.as_view()),
    path("deleted-outside/", deleted_meanwhile),
    path("saved/", saved_meanwhile),
]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("kind", ["operational", "interface"])
def test_unavailable_database_is_a_temporary_error(api: Client, kind: str) -> None:
    response: Any = api.get(f"/fails/{kind}/")

    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert response.json() == AWAY


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_account_deleted_during_a_request_is_401(api: Client) -> None:
    response: Any = api.post("/deleted/")

    assert (response.status_code, response.json()) == (401, INVALID_TOKEN)


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls(__name__)
@pytest.mark.parametrize("url", ["/deleted-outside/", "/saved/"])
def test_row_deleted_during_a_request_is_a_temporary_error(api: Client, url: str) -> None:
    api.raise_request_exception = False

    response: Any = api.post(url)

    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert "<p>The service is temporarily unavailable. Please try again.</p>" in response.text


@pytest.mark.urls(__name__)
def test_bug_is_answered_without_its_secrets(api: Client) -> None:
    api.raise_request_exception = False

    response: Any = api.get("/fails/bug/")

    assert response.status_code == 500
    assert "<p>Something went wrong on our side.</p>" in response.text
    assert "secret of the inside" not in response.text
