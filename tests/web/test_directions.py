"""The layout follows the direction of the language: style sheets name no left or right."""

import re

import pytest

from tests.web.pages import source_of
from tests.web.test_old_browsers import STYLES, declarations_in

pytestmark = pytest.mark.without_servers

PHYSICAL = re.compile(
    r"^(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)\b.*|left|right"
    r"|border-(?:top|bottom)-(?:left|right)-radius|float|clear|text-align)$"
)
SIDES = re.compile(r"\b(?:left|right)\b")
# A bubble has the direction of its text, and its corners and time must not move with it.
OF_BUBBLES = re.compile(r"bubble|message|\.own|\.group")


@pytest.mark.parametrize("style", STYLES)
def test_style_sheet_has_logical_properties(style: str) -> None:
    physical = [
        (blocks[-1], f"{name}: {value}")
        for blocks, name, value in declarations_in(source_of(style))
        if PHYSICAL.match(name) and SIDES.search(f"{name}: {value}")
    ]

    assert [each for each in physical if not OF_BUBBLES.search(each[0])] == []
