"""The development files of `make run`: served from the checkout, and read again for each request."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from tests.e2e.screens import expect_tick, sign_in_by_form, write
from tests.e2e.servers import make_server
from tests.factories import PASSWORD
from tests.system.server import WebServer
from users.models import User


@pytest.fixture(scope="module")
def development_server(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[WebServer]:
    nothing_collected: Path = tmp_path_factory.mktemp("empty")
    server = make_server(nothing_collected, DEBUG="1", TEST_STATIC_FROM="checkout")
    with django_db_blocker.unblock(), server:
        yield server


@pytest.fixture
def server(development_server: WebServer, transactional_db: None) -> WebServer:
    return development_server


def test_client_works_without_collected_files(desk: Page, alice: User, bob: User) -> None:
    sign_in_by_form(desk, alice, f"/messages?trainee={bob.pk}")

    write(desk, "Welcome, Bob!")

    expect_tick(desk, "Welcome, Bob!", "Sent")
    scripts = desk.evaluate(
        "performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)"
    )
    assert "/static/web/app.js" in scripts
    expect(desk.get_by_role("heading", name="Bob Tester")).to_be_visible()


def test_api_docs_sign_in_under_their_policy(desk: Page, alice: User) -> None:
    desk.goto("/api/docs/")
    desk.locator("#operations-auth-auth_jwt_create_create .opblock-summary-control").click()
    desk.get_by_role("button", name="Try it out").click()
    body = {"email": alice.email, "password": PASSWORD}
    desk.locator(".opblock.is-open textarea").fill(json.dumps(body))

    with desk.expect_response("**/api/auth/jwt/create/") as answer:
        desk.get_by_role("button", name="Execute").click()

    assert answer.value.status == 200
    expect(desk.get_by_role("button", name="Authorize")).to_be_visible()
