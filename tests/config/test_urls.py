"""Unknown paths, the health check, media and CORS."""

from typing import Any

import pytest
from django.test import Client as Browser

from config.version import VERSION
from tests.conftest import Client
from tests.messaging.bodies import NOT_FOUND

pytestmark = pytest.mark.without_servers

HEALTHY = {"status": "ok", "version": VERSION}


def test_healthz_answers_without_a_database(api: Client) -> None:
    response: Any = api.get("/healthz")

    assert (response.status_code, response.json()) == (200, HEALTHY)


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "url",
    [
        "/api/",
        "/api/nothing/",
        "/api/messaging/conversations",
        "/api/messaging/conversations/x/messages/",
        "/api/messaging/conversations/-1/messages/",
        "/api/messaging/conversations/" + "9" * 5000 + "/messages/",
        "/api/messaging/conversations/%00/send/",
        *(
            f"/api/{path}/{2**63}/{end}"
            for path, end in (
                ("messaging/conversations", ""),
                ("messaging/conversations", "messages/"),
                ("trainer/trainees", ""),
                ("trainer/invitations", ""),
                ("admin/impersonate", "start/"),
            )
        ),
    ],
)
def test_unknown_endpoint_is_not_found_in_json(
    settings: Any, url: str, method: str, debug: bool
) -> None:
    settings.DEBUG = debug
    browser = Browser(enforce_csrf_checks=True)

    response: Any = browser.generic(method, url)

    assert (response.status_code, response.json()) == (404, NOT_FOUND)


def test_unknown_page_is_not_found(client: Browser) -> None:
    response: Any = client.get("/nothing/")

    assert (response.status_code, response["Content-Type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize("path", ["../db.sqlite3", "%2e%2e/secret_key", "profiles/", "x.jpg"])
def test_media_serves_pictures_only(client: Browser, path: str) -> None:
    assert client.get(f"/media/{path}").status_code in (400, 404)


def test_cors_allows_only_the_configured_origins(settings: Any, client: Browser) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]

    answers = [
        client.options(
            "/api/auth/users/me/",
            headers={"Origin": origin, "Access-Control-Request-Method": "GET"},
        )
        for origin in ("https://app.example", "https://evil.example")
    ]

    allowed = [each.headers.get("Access-Control-Allow-Origin") for each in answers]
    assert allowed == ["https://app.example", None]


@pytest.mark.parametrize(
    ("method", "path", "header"),
    [
        ("POST", "uploads/", "upload-key"),
        ("PATCH", "conversations/1/messages/1/", "content-type"),
        ("DELETE", "conversations/1/messages/1/", "authorization"),
        ("PUT", "conversations/1/messages/1/reactions/%F0%9F%91%8D/", "authorization"),
    ],
)
def test_page_of_an_allowed_origin_may_make_every_change(
    settings: Any, client: Browser, method: str, path: str, header: str
) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": header}

    answer = client.options(
        f"/api/messaging/{path}", headers={"Origin": "https://app.example", **asked}
    )

    assert method in answer["Access-Control-Allow-Methods"].split(", ")
    assert header in answer["Access-Control-Allow-Headers"].split(", ")
