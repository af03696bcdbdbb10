"""The client uses nothing that the oldest supported browsers lack, unless it has something in its place."""

import re
from pathlib import Path

import pytest

from tests.web.pages import MODULES, open_page, source_of
from web.browsers import OLDEST
from web.modules import FOLDER

pytestmark = pytest.mark.without_servers

ROOT = Path(__file__).resolve().parents[2]
STYLES = sorted(each.relative_to(FOLDER).as_posix() for each in FOLDER.glob("styles/*.css"))
# Values that a browser in OLDEST may lack. A plain declaration in the same rule replaces one without
# var(); with var(), browsers keep the newer declaration, and then compute no value. @supports always helps.
NEWER_VALUES = re.compile(
    r"light-dark\(|\b(?:ok)?l(?:ab|ch)\(|color-mix\(|\bfrom var\(|\d[dsl]v[hwib]\b|\binline-(?:start|end);"
    r"|\b(?:sin|cos|round|mod|anchor|attr|if)\("
)
# Rules with one of these are dropped as a whole.
NEWER_SELECTORS = re.compile(r":has\(|:dir\(|:popover-open|:user-(?:in)?valid|:open\b")
NEWER_AT_RULES = re.compile(
    r"@(?:container|layer|property|scope|starting-style|position-try)\b|^\s*&"
)
# Rules that only decorate, so that browsers without them lose nothing that matters. The others have a
# rule for these browsers below `@supports not selector(:has(*))`.
DECORATION = {
    ".bubble:dir(rtl) > .bubble-end",
    ".conversation-foot:has(> .tag)",
    ".form-status:not(:has(p))",
    ".frame-main > *:has(> .auth, > .state)",
    ".row-actions .button:has(.row-action-word)",
    ".row:has(.row-link:hover)",
    "app-root[data-thread-open]:has(textarea:focus) > app-nav",
}
REPLACED = {
    ".choice:has(:checked)",
    ".choice:has(:focus-visible)",
    ".conversation-item:is(:hover, :has(:focus-visible)):has(.mark-read) .badge",
    ".conversation-item:not(:has(:focus-visible)) .badge",
    ".conversation-item:not(:has(:focus-visible)) .mark-read",
    ".conversation-item:not(:hover, :has(:focus-visible)) .mark-read",
    ".row:has(.row-link:focus-visible)",
}
NEWER_JAVASCRIPT = re.compile(
    r"AbortSignal\.any\b|\.(?:checkVisibility|toWellFormed|isWellFormed|toSorted|toReversed|toSpliced|with"
    r"|withResolvers|groupBy|fromAsync|union|intersection|isSubsetOf|startViewTransition|showPopover"
    r"|setHTMLUnsafe|requestIdleCallback|moveBefore|toHex|toBase64|getOrInsert|waitAsync)\(|Promise\.try"
    r"|\.(?:(?:values|keys|entries)\(|matchAll\([^)]*)\)\s*\.(?:map|filter|some|every|find|toArray|take|drop)\("
    r"|\bIntl\.(?:Segmenter|DurationFormat)|\bTemporal\b|\bcookieStore\b|\bnavigation\.|\bscheduler\."
    r"|\busing \w+ =|/[dgimsuy]*v[dgimsuy]*[.,;)]|\bwith \{ type"
)
# The uses that a condition guards, with their conditions.
GUARDED = {("text/names.js", "Intl.Segmenter"): "if (!Intl.Segmenter) return"}


def declarations_in(source: str) -> list[tuple[list[str], str, str]]:
    """Return the enclosing blocks, outermost first, the property and the value of each declaration."""
    found, blocks = [], []
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    for spaced, end in re.findall(r"([^{};]*)([{};])", source):
        text = " ".join(spaced.split())
        if end == "{":
            blocks.append(text)
            continue
        if text:
            name, _, value = text.partition(":")
            found.append(([*blocks], name, value.strip() + ";"))
        if end == "}":
            blocks.pop()
    return found


def is_replaced(style: str, blocks: list[str], name: str, newer: str) -> bool:
    """Return whether browsers that do not know a declaration's value use another one."""
    if any(each.startswith("@supports (") and NEWER_VALUES.search(each) for each in blocks):
        return True
    same = [each for each in declarations_in(source_of(style)) if each[:2] == (blocks, name)]
    return "var(" not in newer and any(not NEWER_VALUES.search(value) for *_, value in same)


@pytest.mark.parametrize("style", STYLES)
def test_newer_values_have_a_plain_one_beside_them(style: str) -> None:
    alone = [
        f"{blocks[-1]} {{ {name}: {value} }}"
        for blocks, name, value in declarations_in(source_of(style))
        if NEWER_VALUES.search(value) and not is_replaced(style, blocks, name, value)
    ]

    assert alone == []


def test_newer_selectors_only_decorate_or_have_rules_in_their_place() -> None:
    found = {
        blocks[-1]
        for style in STYLES
        for blocks, _, _ in declarations_in(source_of(style))
        if NEWER_SELECTORS.search(blocks[-1])
    }

    assert found == DECORATION | REPLACED


@pytest.mark.parametrize("style", STYLES)
def test_no_style_sheet_nests_rules_or_has_newer_at_rules(style: str) -> None:
    assert NEWER_AT_RULES.findall(source_of(style)) == []


@pytest.mark.parametrize("name", MODULES)
def test_newer_javascript_is_guarded(name: str) -> None:
    source = source_of(name)
    found = {match[0].strip() for match in NEWER_JAVASCRIPT.finditer(source)}

    unguarded = {each for each in found if GUARDED.get((name, each), "none at all") not in source}
    assert unguarded == set()


def test_first_script_is_in_old_syntax() -> None:
    source = re.sub(r"//.*", "", source_of("head.js"))

    newer = r"=>|\b(?:const|let|class|async|import)\b|`|\?\.|\?\?|\.\.\.|catch \{"
    assert re.findall(newer, source) == []


def test_page_has_a_notice_that_names_the_oldest_browsers() -> None:
    page = open_page().text

    (notice,) = re.findall(
        r'<div id="notice" class="notice" role="alert" hidden>(.*?)</div>', page, re.DOTALL
    )
    expected = "Chrome or Edge {chrome}, Firefox {firefox}, Safari {safari}, or newer".format(
        **OLDEST
    )
    assert expected in notice


def test_documentation_names_the_oldest_browsers() -> None:
    rows = dict(
        re.findall(r"^\| ([\w, ]+) \| ([\d.]+) \|", (ROOT / "docs/browsers.md").read_text(), re.M)
    )

    assert rows == {
        "Chrome, Edge": OLDEST["chrome"],
        "Firefox": OLDEST["firefox"],
        "Safari": OLDEST["safari"],
    }
    assert "docs/browsers.md" in (ROOT / "README.md").read_text()
