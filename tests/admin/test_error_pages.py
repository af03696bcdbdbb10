"""Outside the API, every error is a page in HTML; inside, it is JSON."""

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import AsyncClient
from django.test import Client as Browser
from django.urls import path

from api import errors
from config.urls import urlpatterns as product_urls
from server.pages import PageHandler
from server.responses import refuse
from tests.database_errors import postgres_error

PAGE = "text/html; charset=utf-8"
FAILURES = {
    "400": BadRequest("secret"),
    "403": PermissionDenied("secret"),
    "404": Http404("secret"),
    "500": ZeroDivisionError("secret"),
    "503": postgres_error("57P01"),
}


def fail(request: HttpRequest, status: str) -> HttpResponse:
    raise FAILURES[status]


handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
urlpatterns = [
    *(path(f"{start}fails/<str:status>/", fail) for start in ("admin/", "", "api/")),
    *product_urls,
]


@pytest.fixture
def browser() -> Browser:
    return Browser(enforce_csrf_checks=True, raise_request_exception=False)


def is_page(response: Any) -> bool:
    text = response.text
    is_html = response["Content-Type"] == PAGE and text.startswith("<!doctype html>")
    return is_html and "secret" not in text


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("status", FAILURES)
def test_error_is_a_page_outside_the_api_and_json_inside(browser: Browser, status: str) -> None:
    pages = [browser.get(f"{start}fails/{status}/") for start in ("/admin/", "/")]
    inside: Any = browser.get(f"/api/fails/{status}/")

    assert [each.status_code for each in (*pages, inside)] == [int(status)] * 3
    assert [is_page(each) for each in pages] == [True, True]
    assert '<a href="/admin/">' in pages[0].text
    assert '<a href="/">' in pages[1].text
    assert set(inside.json()) == {"detail", "code", "error"}


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["/admin/login/", "/admin/"])
def test_expired_form_is_a_page(browser: Browser, url: str) -> None:
    response: Any = browser.post(url, {"username": "a", "password": "b"})

    assert (response.status_code, is_page(response)) == (403, True)
    assert "This form has expired." in response.text


@pytest.mark.parametrize("url", ["/", "/reset-password", "/join", "/sw.js"])
def test_method_that_a_page_does_not_have_is_a_page(url: str) -> None:
    response: Any = Browser().post(url)

    assert (response.status_code, is_page(response)) == (405, True)


@pytest.mark.parametrize("url", ["/media/x.jpg", "/media/", "/nothing", "/admin/nothing/x"])
def test_what_does_not_exist_is_a_page(superuser: Browser, browser: Browser, url: str) -> None:
    response: Any = superuser.get(url)

    assert (response.status_code, is_page(response)) == (404, True)


def test_wrong_host_is_a_page(browser: Browser) -> None:
    response: Any = browser.get("/admin/login/", headers={"Host": "evil.example"})

    assert (response.status_code, is_page(response)) == (400, True)


@pytest.mark.django_db
def test_asynchronous_requests_get_the_pages_too() -> None:
    response: Any = async_to_sync(AsyncClient().post)("/join")

    assert (response.status_code, is_page(response)) == (405, True)


@pytest.mark.parametrize(
    ("at", "kind"),
    [("/admin/login/", b"text/html; charset=utf-8"), ("/api/x/", b"application/json")],
)
def test_refusal_before_django_is_a_page_outside_the_api(at: str, kind: bytes) -> None:
    status, headers, _content = refuse(413, "Too large.", "request_too_large", path=at)

    assert (status, dict(headers)[b"content-type"]) == (413, kind)


def test_request_without_a_request_object_is_a_page() -> None:
    scope = {"type": "http", "method": "GET", "path": "/x", "query_string": b"\xff", "headers": []}

    request, response = PageHandler().create_request(scope, None)

    assert (request, response.status_code, is_page(response)) == (None, 400, True)


def test_too_many_password_changes_are_a_page(superuser: Browser, settings: Any) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "sign_in": "1/minute"}

    answers = [superuser.post("/admin/password_change/", {"old_password": "x"}) for _ in range(2)]

    assert [each.status_code for each in answers] == [200, 429]
    assert is_page(answers[1])
    assert int(answers[1]["Retry-After"]) > 0
