"""Error responses without a body get a page, and requests without a log are left alone."""

from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.http import HttpResponse
from django.test import RequestFactory

from server.pages import explain_empty_errors
from server.request_log import RequestLog, note_request

pytestmark = pytest.mark.without_servers


def test_synchronous_handler_gets_a_page_for_an_empty_error() -> None:
    explained = explain_empty_errors(lambda request: HttpResponse(status=405))

    response = explained(RequestFactory().get("/admin/"))

    assert response.status_code == 405
    assert response.content


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
