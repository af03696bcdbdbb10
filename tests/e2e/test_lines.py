"""What the outbox sends next."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.modules import Run, module_runner
from tests.live.server import WebServer

PRELUDE = 'const m = await import("/static/web/live/outbox-entry.js");'


@pytest.fixture(scope="module")
def run(browser: Browser, shared_server: WebServer) -> Iterator[Run]:
    with module_runner(browser, shared_server, PRELUDE) as run:
        yield run


def entry(name: str, conversation: int | None, state: str = "waiting") -> dict[str, Any]:
    trainee = None if conversation else 7
    return {
        "client_id": name,
        "conversation_id": conversation,
        "trainee_id": trainee,
        "state": state,
    }


def test_each_conversation_is_a_line_and_a_failed_entry_holds_up_nobody(run: Run) -> None:
    entries = [
        entry("a", 1, "failed"),
        entry("b", 1),
        entry("c", 1),
        entry("d", None),
        entry("e", 2),
        entry("f", None),
    ]

    heads = run("return m.headsOf(x).map(each => each.client_id)", entries)

    assert heads == ["b", "d", "e"]


def test_entry_is_alone_among_failed_ones_and_other_lines(run: Run) -> None:
    entries = [entry("a", 1, "failed"), entry("b", 1), entry("c", 2), entry("d", 2)]

    alone = run("return x.map(each => m.isAlone(each, x))", entries)

    assert alone == [True, True, False, False]


def test_new_entry_is_trimmed_and_has_an_id_of_its_own(run: Run) -> None:
    script = """
        const make = () => m.newEntry({ conversation_id: 1, content: " a\\n b \\ud800", order: 1 });
        return [make().content, make().client_id === make().client_id];
    """

    assert run(script) == ["a\n b \ufffd", False]
