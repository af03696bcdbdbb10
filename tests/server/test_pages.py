"""Error responses without a body get a page, and requests without a log are left alone."""

import asyncio
import threading
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import path

from server.pages import PageHandler, explain_empty_errors
from server.request_log import RequestLog, note_request
from tests.server.requests import Request, wait_for

pytestmark = pytest.mark.without_servers


def test_synchronous_handler_gets_a_page_for_an_empty_error() -> None:
    empty = {"Content-Length": "0"}  # as CommonMiddleware leaves it
    explained = explain_empty_errors(lambda request: HttpResponse(status=405, headers=empty))

    response = explained(RequestFactory().get("/admin/"))

    assert response.status_code == 405
    assert response.content
    assert response["Content-Length"] == str(len(response.content))


def test_asynchronous_handler_gets_a_page_for_an_empty_error() -> None:
    async def refuse(_request: object) -> HttpResponse:
        return HttpResponse(status=405)

    explained: Any = explain_empty_errors(refuse)

    response = async_to_sync(explained)(RequestFactory().get("/messages"))

    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert b"<h1>This page cannot do that</h1>" in response.content


def test_request_without_a_route_is_logged_without_one() -> None:
    log = RequestLog({"headers": []})

    note_request(SimpleNamespace(scope={"log": log}, resolver_match=None))

    assert (log.route, log.user_id) == ("", None)


class HeldPage:
    """A view that blocks until it is released, and records its calls."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.begun: list[str] = []

    def __call__(self, request: HttpRequest, name: str) -> HttpResponse:
        self.begun.append(name)
        assert self.may_end.wait(30)
        return HttpResponse(name)


def test_few_pages_are_processed_at_a_time_and_those_past_the_queue_get_503(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.PAGE_THREADS, settings.PAGE_QUEUE = 1, 2
    view, routes = HeldPage(), ModuleType("routes")
    routes.urlpatterns = [path("pages/<str:name>", view)]  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = routes
    asked = [Request("GET", f"/pages/{n}", network=f"192.0.2.{n}") for n in range(4)]

    async def story() -> list[str]:
        handler = PageHandler()
        tasks = []
        for each in asked:
            tasks.append(each.begin(handler))
            await wait_for(lambda each=each: each.has_ended)
        await wait_for(lambda: view.begun and asked[-1].status)
        begun = list(view.begun)
        view.may_end.set()
        await asyncio.gather(*tasks)
        return begun

    begun = asyncio.run(story())

    assert begun == ["0"]
    assert [each.status for each in asked] == [200, 200, 200, 503]
    assert asked[-1].headers["retry-after"] == "2"
    assert b"busy at the moment" in asked[-1].content
    assert [(each.name, each.levelname) for each in caplog.records] == [("server.pages", "WARNING")]
