"""The client speaks the reader's language if it has a file for it, and English otherwise."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.devices import OpenDevice
from tests.system.server import WebServer


@pytest.fixture
def server(unbundled_server: WebServer, transactional_db: None) -> WebServer:
    """Tests here replace a module of the client."""
    return unbundled_server


def test_page_declares_its_language(open_device: OpenDevice) -> None:
    page = open_device(locale="de-DE")

    page.goto("/sign-in")

    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.fixture
def german(open_device: OpenDevice) -> Page:
    """A page of a German browser, with a client that has one German text."""
    page = open_device(locale="de-DE")

    def add_language(route: Route) -> None:
        languages = 'LANGUAGES = { de: () => import("/static/web/text/de.js") }'
        body = route.fetch().text().replace("LANGUAGES = {}", languages)
        route.fulfill(content_type="text/javascript", body=body)

    texts = 'export const locale = "de-DE"; export const texts = { "signIn.title": "Hallo" };'
    page.route("**/text/translate*.js", add_language)
    page.route(
        "**/text/de.js", lambda route: route.fulfill(content_type="text/javascript", body=texts)
    )
    return page


def test_second_language_is_one_file_and_english_fills_its_gaps(german: Page) -> None:
    german.goto("/sign-in")

    expect(german.get_by_role("heading", name="Hallo")).to_be_visible()
    expect(german.get_by_role("button", name="Sign in")).to_be_visible()
    expect(german.locator("html")).to_have_attribute("lang", "de")
