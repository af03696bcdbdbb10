"""The files that a browser needs to install the client."""

import re
from typing import Any

import pytest
from django.test import Client as Browser
from PIL import Image

from tests.web.pages import open_page, source_of
from web import manifest
from web.modules import FOLDER

pytestmark = pytest.mark.without_servers


@pytest.fixture
def described(client: Browser) -> dict[str, Any]:
    response: Any = client.get("/manifest.webmanifest")
    assert response["content-type"] == "application/manifest+json"
    body: dict[str, Any] = response.json()
    return body


def test_manifest_starts_at_the_messages(described: dict[str, Any]) -> None:
    fields = ("id", "start_url", "scope", "display")

    assert [described[each] for each in fields] == ["/", "/messages", "/", "standalone"]


def test_icons_have_their_declared_sizes(described: dict[str, Any]) -> None:
    pictures = [each for each in described["icons"] if each["type"] == "image/png"]

    for icon in pictures:
        with Image.open(FOLDER / icon["src"].removeprefix("/static/web/")) as picture:
            assert f"{picture.width}x{picture.height}" == icon["sizes"]
    assert [(each["sizes"], each["purpose"]) for each in pictures] == [
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    ]


def test_maskable_icon_fills_its_square() -> None:
    with Image.open(FOLDER / "icons" / "icon-maskable-512.png") as picture:
        corners = {picture.getpixel((x, y)) for x in (0, 511) for y in (0, 511)}

    assert corners == {(23, 112, 91, 255)}


def test_apple_touch_icon_has_180_pixels() -> None:
    assert "apple-touch-icon.png" in open_page().text
    with Image.open(FOLDER / "icons" / "apple-touch-icon.png") as picture:
        assert picture.size == (180, 180)


def test_colours_are_those_of_the_design(described: dict[str, Any]) -> None:
    tokens = source_of("styles/tokens.css")
    background = re.search(r"--color-bg: var\(--light, (\S+)\) var\(--dark, (\S+)\);", tokens)

    assert background
    assert background.groups() == (manifest.LIGHT, manifest.DARK)
    assert described["background_color"] == manifest.LIGHT


def test_manifest_is_in_the_language_of_the_reader(client: Browser) -> None:
    german: Any = client.get("/manifest.webmanifest", headers={"accept-language": "de"})

    texts = [german.json()[each] for each in ("name", "short_name", "description")]
    assert texts == [
        "Trainer-Nachrichten",
        "Nachrichten",
        "Nachrichten zwischen Trainern und den Menschen, die sie betreuen.",
    ]
    assert german["content-language"] == "de"
    assert {"Accept-Language", "Cookie"} <= set(german["vary"].split(", "))
