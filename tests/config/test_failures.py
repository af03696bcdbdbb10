"""Responses when a service behind an endpoint fails."""

import sqlite3
from typing import Any, cast

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api import errors, outages
from notifications.services.devices import register_device
from tests.conftest import Client
from tests.database_errors import away, closed, postgres_error, sqlite_error
from tests.factories import make_trainee
from tests.refusals import refusal
from tests.users.bodies import INVALID_TOKEN
from users.models import AuthSession, User

AWAY = refusal(
    "The service is temporarily unavailable. Please try again.", "temporarily_unavailable"
)
AWAY_PAGE = "<p>The service is temporarily unavailable. Please try again.</p>"
BUG_PAGE = "<p>Something went wrong on our side.</p>"
# By SQLSTATE and, for SQLite, by result code.
AWAY_STATES = [
    "08006",
    "53100",
    "53200",
    "53300",
    "57P01",
    "57P02",
    "57P03",
    "57P05",
    "25P03",
    "25006",
]
CONFLICTS = ["40001", "40P01", "55P03"]
FAULTS = ["42P01", "57014", "22003", "58030", "XX000"]
SQLITE_AWAY = [
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_BUSY_SNAPSHOT,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_LOCKED_SHAREDCACHE,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
]
SQLITE_FAULTS = [sqlite3.SQLITE_ERROR, sqlite3.SQLITE_IOERR]
FAILURES: dict[str, Exception] = {
    "unreachable": away(),
    "closed": closed(),
    "closed-by-django": InterfaceError("connection already closed"),
    "bug": ZeroDivisionError("secret of the inside"),
    "no-cause": OperationalError("secret of the inside"),
    "cursor": InterfaceError("the cursor is closed"),
    **{state: postgres_error(state) for state in (*AWAY_STATES, *CONFLICTS, *FAULTS)},
    **{str(code): sqlite_error(code) for code in (*SQLITE_AWAY, *SQLITE_FAULTS)},
}


class FailingView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request: Request, kind: str) -> Response:
        raise FAILURES[kind]


class MissingTableView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")
        return Response()


def fails_outside(request: HttpRequest, kind: str) -> HttpResponse:
    raise FAILURES[kind]


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
    path("fails-outside/<str:kind>/", fails_outside),
    path("reads-a-missing-table/", MissingTableView.as_view()),
    path("deleted/", DeletedMeanwhileView.as_view()),
    path("deleted-outside/", deleted_meanwhile),
    path("saved/", saved_meanwhile),
]


@pytest.fixture
def fresh_outages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget that the database was away in an earlier test."""
    monkeypatch.setattr(outages, "database", outages.Outage("The database"))


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    "kind", ["unreachable", "closed", "closed-by-django", *AWAY_STATES, *map(str, SQLITE_AWAY)]
)
def test_database_that_is_away_is_a_temporary_error_with_its_reason_in_the_log(
    api: Client, caplog: pytest.LogCaptureFixture, fresh_outages: None, kind: str
) -> None:
    responses: list[Any] = [api.get(f"/fails/{kind}/") for _ in range(3)]

    assert {(each.status_code, each["Retry-After"]) for each in responses} == {(503, "2")}
    assert [each.json() for each in responses] == [AWAY] * 3
    assert caplog.messages == [f"The database is away: {FAILURES[kind]}"]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("kind", CONFLICTS)
def test_conflict_of_transactions_is_a_temporary_error_with_a_traceback(
    api: Client, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    response: Any = api.get(f"/fails/{kind}/")

    assert (response.status_code, response.json()) == (503, AWAY)
    assert caplog.messages == ["A transaction was in the way of another one."]
    assert caplog.records[0].exc_info


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("kind", ["bug", "no-cause", "cursor", *FAULTS, *map(str, SQLITE_FAULTS)])
def test_other_error_of_the_database_is_a_bug_with_a_traceback(
    api: Client, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    api.raise_request_exception = False

    response: Any = api.get(f"/fails/{kind}/")

    assert (response.status_code, BUG_PAGE in response.text) == (500, True)
    assert "secret of the inside" not in response.text
    assert caplog.records[0].exc_info
    assert "is away" not in caplog.text


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_missing_table_is_a_bug(api: Client) -> None:
    api.raise_request_exception = False

    response: Any = api.get("/reads-a-missing-table/")

    assert (response.status_code, BUG_PAGE in response.text) == (500, True)
    assert "secret of the inside" not in response.text


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls(__name__)
def test_error_in_a_view_without_rest_framework_is_told_in_the_same_way(
    api: Client, fresh_outages: None, caplog: pytest.LogCaptureFixture
) -> None:
    api.raise_request_exception = False

    away_, bug = (cast(Any, api.get(f"/fails-outside/{state}/")) for state in ("57P01", "57014"))

    assert (away_.status_code, AWAY_PAGE in away_.text) == (503, True)
    assert (bug.status_code, BUG_PAGE in bug.text) == (500, True)
    logged = [(each.getMessage(), bool(each.exc_info)) for each in caplog.records]
    assert logged == [
        (f"The database is away: {FAILURES['57P01']}", False),
        ("Internal Server Error: /fails-outside/57014/", True),
    ]


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
    assert AWAY_PAGE in response.text
