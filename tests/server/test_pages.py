"""Error responses without a body get a page, and requests without a log are left alone."""

from types import SimpleNamespace

import pytest
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


def test_request_without_a_route_is_logged_without_one() -> None:
    log = RequestLog({"headers": []})

    note_request(SimpleNamespace(scope={"log": log}, resolver_match=None))

    assert (log.route, log.user_id) == ("", None)
