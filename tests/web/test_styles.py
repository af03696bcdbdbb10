"""No rule of the style sheets is left over from what a page no longer has."""

import re
from collections import Counter

import pytest

from tests.web.pages import MODULES, source_of
from tests.web.test_old_browsers import ROOT, STYLES, declarations_in

pytestmark = pytest.mark.without_servers

COMMENTS = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)
# The names in a selector: classes, elements of our own, attributes and their values.
NAMES = re.compile(
    r"\.([a-z][\w-]*)|(?<![\w.#:\[-])([a-z]+-[a-z-]+)|\[([a-z-]+)|(?<!\^)=\"?([\w-]+)"
)
STARTS = re.compile(r"([\w-]+-)\$\{")
"""The beginnings of names that a module completes, as in `count-${count}`."""


def sources() -> str:
    """Return what can name an element or its class: the page, and the modules without their comments."""
    shell = (ROOT / "web" / "templates" / "web" / "shell.html").read_text()
    texts = [source_of(name) for name in MODULES if not name.startswith("text/")]
    return "\n".join([shell, *(COMMENTS.sub("", each) for each in texts)])


def selectors_in(style: str) -> list[list[str]]:
    """Return the enclosing blocks of each rule with declarations, the rule's selector last."""
    found: list[list[str]] = []
    for blocks, _, _ in declarations_in(source_of(style)):
        if not found or found[-1] != blocks:
            found.append(blocks)
    return found


def dataset_name(attribute: str) -> str:
    """Return the name by which a module sets a `data-` attribute as a property."""
    words = attribute.removeprefix("data-").split("-")
    return "".join([words[0], *(each.capitalize() for each in words[1:])])


@pytest.mark.parametrize("style", STYLES)
def test_all_names_in_a_style_sheet_are_those_of_elements(style: str) -> None:
    source = sources()
    words, starts = set(re.findall(r"[\w-]+", source)), tuple(STARTS.findall(source))
    selectors = [blocks[-1] for blocks in selectors_in(style) if not blocks[-1].startswith("@")]
    names = {name for each in selectors for found in NAMES.findall(each) for name in found if name}

    known = {each for each in names if each in words or each.startswith(starts)}
    known |= {each for each in names if each.startswith("data-") and dataset_name(each) in words}

    assert names - known == set()


@pytest.mark.parametrize("style", STYLES)
def test_style_sheet_has_one_rule_for_a_selector(style: str) -> None:
    rules = Counter(" / ".join(blocks) for blocks in selectors_in(style) if "@" not in blocks[-1])

    assert [rule for rule, count in rules.items() if count > 1] == []


def test_all_custom_properties_and_animations_are_used() -> None:
    styles = "\n".join(source_of(style) for style in STYLES)
    properties = set(re.findall(r"(--[\w-]+)\s*:", styles))
    animations = set(re.findall(r"@keyframes ([\w-]+)", styles))

    used = set(re.findall(r"var\((--[\w-]+)", styles + sources()))
    animated = set(re.findall(r"animation(?:-name)?:[^;]*?\b([a-z][\w-]*)", styles))

    assert properties - used == set()
    assert animations - animated == set()
