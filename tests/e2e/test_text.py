"""What stands on the screens in words: times, links, names and lengths, in the real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.devices import OpenDevice
from tests.e2e.modules import Run, module_runner
from tests.live.server import WebServer

NOON = "2026-02-16T12:00:00-05:00"  # a Monday in New York
LIST_TIMES = {
    "2026-02-16T12:00:00-05:00": "Just now",
    "2026-02-16T12:00:30-05:00": "Just now",  # the server's clock is ahead
    "2026-02-16T11:59:01-05:00": "Just now",
    "2026-02-16T11:59:00-05:00": "1m ago",
    "2026-02-16T11:55:00-05:00": "5m ago",
    "2026-02-16T11:00:01-05:00": "59m ago",
    "2026-02-16T11:00:00-05:00": "11:00 AM",
    "2026-02-16T00:00:00-05:00": "12:00 AM",
    "2026-02-15T23:59:59-05:00": "Yesterday",
    "2026-02-15T00:00:00-05:00": "Yesterday",
    "2026-02-14T23:59:59-05:00": "Feb 14",
    "2026-01-01T00:00:00-05:00": "Jan 1",
    "2025-12-31T23:59:59-05:00": "Dec 31, 2025",
}
LINKS = {
    "no link": [],
    "see https://example.com/a?b=c#d.": ["https://example.com/a?b=c#d"],
    "(http://example.com)": ["http://example.com/"],
    "https://en.wikipedia.org/wiki/Squat_(exercise)!": [
        "https://en.wikipedia.org/wiki/Squat_(exercise)"
    ],
    "www.example.com, ok?": ["https://www.example.com/"],
    "HTTPS://EXAMPLE.COM/Path": ["https://example.com/Path"],
    "https://münchen.example/ü": ["https://xn--mnchen-3ya.example/%C3%BC"],
    "one https://a.example two http://b.example": ["https://a.example/", "http://b.example/"],
    '<https://a.example> "https://b.example"': ["https://a.example/", "https://b.example/"],
    "javascript:alert(1) data:text/html,x ftp://a.example": [],
    "javascript://https://a.example": ["https://a.example/"],
    "https:// https://. www. nowww.example.com": [],
    "https://a.example/\u202emoc.live": ["https://a.example/"],
}
NAMES = [
    ({"id": 1, "first_name": "Tina", "last_name": "Torres"}, "Tina Torres", "TT", 1),
    ({"id": 14, "first_name": "émile", "last_name": ""}, "émile", "É", 2),
    ({"id": 3, "first_name": "", "last_name": "", "email": "a@b.example"}, "a@b.example", "A", 3),
    ({"id": 0, "first_name": "[removed]", "last_name": "", "email": ""}, "[removed]", "R", 0),
    ({"id": 12, "first_name": "💪🏽 Max", "last_name": "岡本"}, "💪🏽 Max 岡本", "💪🏽岡", 0),
    (None, "Someone", "?", 0),
    (
        {"id": 4, "first_name": "\u200b", "last_name": "\u2060", "email": "a@b.example"},
        "a@b.example",
        "A",
        4,
    ),
]


PRELUDE = """
    const load = name => import(`/static/web/${name}.js`);
    const [time, { linkify }, names, length, { formatBadge }] = await Promise.all(
        ["text/time", "text/linkify", "text/names", "text/length", "live/badge"].map(load));
    const { chooseLanguage, language, t } = await load("text/translate");
"""


@pytest.fixture(scope="module")
def run(browser: Browser, shared_server: WebServer) -> Iterator[Run]:
    with module_runner(browser, shared_server, PRELUDE) as run:
        yield run


def test_list_times(run: Run) -> None:
    script = "return x.dates.map(each => time.formatListTime(new Date(each), new Date(x.now)))"

    shown = run(script, {"dates": list(LIST_TIMES), "now": NOON})

    assert dict(zip(LIST_TIMES, shown, strict=True)) == LIST_TIMES


def test_times_are_in_the_zone_of_the_reader(run: Run) -> None:
    shown = run("return time.formatBubbleTime(new Date(x))", "2026-02-16T19:30:00Z")
    day = run("return time.dayKey(new Date(x))", "2026-02-17T04:59:59Z")

    assert (shown, day) == ("2:30 PM", "2026-02-16")


def test_day_headings(run: Run) -> None:
    headings = {
        "2026-02-16T00:00:00-05:00": "Today",
        "2026-02-15T12:00:00-05:00": "Yesterday",
        "2026-02-09T12:00:00-05:00": "Monday, Feb 9",
        "2025-02-15T12:00:00-05:00": "Saturday, Feb 15, 2025",
    }
    script = "return x.dates.map(each => time.formatDay(new Date(each), new Date(x.now)))"

    shown = run(script, {"dates": list(headings), "now": NOON})

    assert dict(zip(headings, shown, strict=True)) == headings


def test_yesterday_is_a_calendar_day_when_clocks_change(run: Run) -> None:
    script = "return time.formatListTime(new Date(x[0]), new Date(x[1]))"

    # The night of 8 March 2026 is an hour short: a day earlier is 22 and three quarters before.
    shown = run(script, ["2026-03-08T00:30:00-05:00", "2026-03-09T00:15:00-04:00"])

    assert shown == "Yesterday"


def test_links(run: Run) -> None:
    script = "return x.map(each => linkify(each))"

    found = run(script, list(LINKS))

    for text, parts in zip(LINKS, found, strict=True):
        assert "".join(part["text"] for part in parts) == text
        assert [part["href"] for part in parts if "href" in part] == LINKS[text]


def test_names(run: Run) -> None:
    script = "return x.map(each => [names.fullName(each), names.initials(each), names.hue(each)])"

    shown = run(script, [person for person, *_ in NAMES])

    assert shown == [expected for _, *expected in NAMES]


def test_lengths_are_counted_in_code_points(run: Run) -> None:
    texts = ["", "  \n ", "💪" * 2000, f" {'é' * 2000}\n", "💪" * 2001]
    script = (
        "return x.map(each => [length.codePoints(length.trimmed(each)), length.isSendable(each)])"
    )

    counted = run(script, texts)

    assert counted == [[0, False], [0, False], [2000, True], [2000, True], [2001, False]]


def test_badges(run: Run) -> None:
    script = "return [0, 1, 99, 100, 1234].map(formatBadge)"

    assert run(script) == ["", "1", "99", "99+", "99+"]


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
