"""The client speaks the reader's language if it has texts in it, and English otherwise."""

import pytest
from playwright.sync_api import expect

from tests.e2e.devices import OpenDevice


@pytest.mark.parametrize(
    ("locale", "language", "button"),
    [("de-AT", "de", "Anmelden"), ("en-GB", "en", "Sign in"), ("fr-FR", "en", "Sign in")],
)
def test_page_is_in_the_browsers_language_or_in_english(
    open_device: OpenDevice, locale: str, language: str, button: str
) -> None:
    page = open_device(locale=locale)

    page.goto("/sign-in")

    expect(page.get_by_role("button", name=button, exact=True)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
