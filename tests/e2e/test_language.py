"""The client speaks the reader's language, where it has a file for it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.devices import OpenDevice
from tests.e2e.modules import Run, module_runner
from tests.live.server import WebServer

PRELUDE = """
    const { chooseLanguage, language, t } = await import("/static/web/text/translate.js");
"""


@pytest.fixture(scope="module")
def run(browser: Browser, shared_server: WebServer) -> Iterator[Run]:
    with module_runner(browser, shared_server, PRELUDE) as run:
        yield run


def test_language_is_the_first_one_of_the_reader_that_there_is(run: Run) -> None:
    script = "return x.map(([wanted, available]) => chooseLanguage(wanted, available))"
    cases = {
        "de": [["de-AT", "en-US"], ["de", "fr"]],
        "fr": [["pt", "fr"], ["de", "fr"]],
        "en": [["en-GB", "de"], ["de"]],
    }

    assert run(script, list(cases.values())) == list(cases)
    assert run(script, [[["pt"], ["de"]], [[], ["de"]], [[None], ["de"]]]) == ["en"] * 3


def test_texts_have_their_parameters_and_plural_forms(run: Run) -> None:
    script = "return x.map(([key, params]) => t(key, params))"
    uses = [
        ["trainees.count", {"count": 0}],
        ["trainees.count", {"count": 1}],
        ["trainees.count", {"count": 1234}],
        ["trainee.messageTo", {"name": "{name} $1"}],
        ["badge.unread", {"count": "99+"}],
    ]

    assert run(script, uses) == [
        "0 trainees",
        "1 trainee",
        "1,234 trainees",
        "Message {name} $1",
        "99+ unread",
    ]


def test_page_tells_its_language(run: Run) -> None:
    assert run("return [document.documentElement.lang, language]") == ["en", "en"]


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


def test_second_language_is_a_file_and_english_fills_its_gaps(german: Page) -> None:
    german.goto("/sign-in")

    expect(german.get_by_role("heading", name="Hallo")).to_be_visible()
    expect(german.get_by_role("button", name="Sign in")).to_be_visible()
    expect(german.locator("html")).to_have_attribute("lang", "de")
