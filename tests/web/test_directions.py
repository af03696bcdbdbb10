"""The layout follows the direction of the language: style sheets name no left or right."""

import re
from pathlib import Path

import pytest

from notifications import apps as notifications_app
from tests.web.pages import MODULES, source_of
from tests.web.test_old_browsers import STYLES, declarations_in
from web.modules import FOLDER

pytestmark = pytest.mark.without_servers

PAGE = Path(notifications_app.__file__).parent / "static" / "notifications" / "page.css"
SHEETS = {**{name: FOLDER / name for name in STYLES}, "notifications/page.css": PAGE}
PHYSICAL = re.compile(
    r"(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)\b.*|left|right"
    r"|border-(?:top|bottom)-(?:left|right)-radius)"
)
WITH_SIDES = re.compile(
    r"float|clear|text-align|justify-\w+|background|transform-origin|caption-side"
)
SIDES = re.compile(r"\b(?:left|right)\b")
# The second and the fourth of four values are the right and the left.
FOUR_SIDES = re.compile(
    r"margin|padding|inset|border-(?:width|style|color)|scroll-(?:margin|padding)"
)
VALUE = re.compile(r"(?:[^\s()]|\((?:[^()]|\([^()]*\))*\))+")
MOVES = re.compile(r"translateX|translate3?d?\(|skewX|rotateY|linear-gradient")
# {selector: why its sides are those of the device or of a text, and not of the page}
ALLOWED = {
    ".nav": "the notch of a phone is on one side in every language",
    ".bubble-end": "it is on the side where the text of its bubble ends",
    ".bubble:dir(rtl) > .bubble-end": "as above",
}
# The corners of bubbles: a bubble has the direction of its text. Each rule is for both directions.
CORNERS = re.compile(
    r":is\(\[dir=\"ltr\"\] \.(own|other), \[dir=\"rtl\"\] \.(own|other)\):not\(\.(?:first|last)\) \.bubble"
)


def sides_in(source: str) -> list[tuple[str, str]]:
    """Return (selector, declaration) of what names a side of the screen instead of the line."""
    return [
        (blocks[-1], f"{name}: {value}")
        for blocks, name, value in declarations_in(source)
        if names_a_side(name, value.rstrip(";"))
    ]


def names_a_side(name: str, value: str) -> bool:
    if PHYSICAL.fullmatch(name) or MOVES.search(value):
        return True
    if WITH_SIDES.fullmatch(name) and SIDES.search(value):
        return True
    values = VALUE.findall(value)
    if name == "border-radius":
        return is_uneven(values)
    if name == "translate":
        return bool(values[0] != "0")
    return bool(FOUR_SIDES.fullmatch(name)) and len(values) == 4 and values[1] != values[3]


def is_uneven(corners: list[str]) -> bool:
    """Return whether the corners on the left differ from those on the right: two to four values."""
    if len(corners) == 3:
        corners = [*corners, corners[1]]
    top_left, top_right, bottom_right, bottom_left = (corners * 4)[:4]
    return (top_left, bottom_left) != (top_right, bottom_right)


def is_allowed(selector: str) -> bool:
    corners = CORNERS.fullmatch(selector)
    return bool(corners and corners[1] != corners[2]) or selector in ALLOWED


@pytest.mark.parametrize("style", SHEETS)
def test_style_sheet_names_no_side(style: str) -> None:
    found = sides_in(SHEETS[style].read_text())

    assert [each for each in found if not is_allowed(each[0])] == []


def test_each_allowed_side_exists() -> None:
    found = {selector for path in SHEETS.values() for selector, _ in sides_in(path.read_text())}

    assert {each for each in found if is_allowed(each) and not CORNERS.fullmatch(each)} == set(
        ALLOWED
    )
    assert len([each for each in found if CORNERS.fullmatch(each)]) == 4


@pytest.mark.parametrize(
    "declaration",
    [
        "left: 0",
        "margin-right: 1rem",
        "border-left-color: red",
        "border-top-left-radius: 1px",
        "border-radius: 1px 2px 2px 1px",
        "border-radius: 1px 2px",
        "float: left",
        "text-align: right",
        "padding: 0 1px 0 calc(1px + var(--x))",
        "inset: auto 0 0 auto",
        "inset: 0 0 0 auto",
        "translate: 1px 0",
        "translate: -50%",
        "transform: translateX(1px)",
        "background: linear-gradient(to left, red, blue)",
        "background: url(a.png) right",
    ],
)
def test_side_is_detected(declaration: str) -> None:
    assert sides_in(f"p {{ {declaration}; }}")


@pytest.mark.parametrize(
    "declaration",
    [
        "inset-inline-start: 0",
        "inset: 0",
        "inset: 1px 0 auto",
        "padding: 0 max(1px, env(a)) 1px max(1px, env(a))",
        "border-radius: 1px 1px 0 0",
        "border-radius: 1px",
        "translate: 0 -50%",
        "text-align: start",
        "margin: 0 auto",
    ],
)
def test_logical_declaration_is_no_side(declaration: str) -> None:
    assert sides_in(f"p {{ {declaration}; }}") == []


# Scripts
# ------------------------------------------------------------------------------
SCRIPTED = re.compile(
    r"ArrowLeft|ArrowRight|scrollLeft|scrollBy|offsetLeft|pageX|screenX|style\.(?:left|right|margin|padding)"
    r"|translateX?\("
)
# {module: how it knows the direction}
KNOWN = {
    "screens/messages/photos/viewer.js": "scrollLeft is negative from right to left",
    "screens/messages/photos/zoom.js": "a photo moves with the finger in every language",
    "ui/arrows.js": "it asks for the direction of the page",
}


def test_only_known_modules_use_sides_of_the_screen() -> None:
    assert {name for name in MODULES if SCRIPTED.search(source_of(name))} == set(KNOWN)
