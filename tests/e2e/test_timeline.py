"""How messages are put together from pages, frames and marks, whatever comes first."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.modules import Run, module_runner
from tests.live.server import WebServer

OWN, OTHER = 1, 2
# A timeline `t` of the person OWN, and what one asks of it.
PRELUDE = f"""
    const {{ Timeline }} = await import("/static/web/live/timeline.js");
    const m = await import("/static/web/live/messages.js");
    const t = new Timeline({OWN});
    const ids = () => t.messages.map(each => each.id);
    const read = () => t.messages.filter(each => each.is_read).map(each => each.id);
"""


def message(pk: int, version: int | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "id": pk,
        "sender": {"id": OWN if pk % 2 else OTHER},
        "is_read": False,
        "read_at": None,
        "created_at": f"2026-02-16T12:{pk:02}:00Z",
        "version": version or pk,
        "client_id": None,
        "content": f"message {pk}",
        **fields,
    }


def page_of(*pks: int, has_older: bool = False) -> dict[str, Any]:
    """A page of history as the server answers it: newest first."""
    results = [message(pk) for pk in sorted(pks, reverse=True)]
    return {"results": results, "next": "/api/…" if has_older else None}


@pytest.fixture(scope="module")
def run(browser: Browser, shared_server: WebServer) -> Iterator[Run]:
    with module_runner(browser, shared_server, PRELUDE) as run:
        yield run


def test_messages_stand_by_id_and_once(run: Run) -> None:
    frames = [message(13), message(11), message(12), message(12)]
    script = "t.begin(x.page); t.add(x.frames); return ids()"

    ids = run(script, {"page": page_of(10), "frames": frames})

    assert ids == [10, 11, 12, 13]


def test_older_state_of_a_message_does_not_replace_a_newer_one(run: Run) -> None:
    states = [message(5, version=9, is_read=True), message(5)]

    assert run("t.add([x[0]]); t.add([x[1]]); return read()", states) == [5]


def test_mark_that_comes_before_its_page_is_not_lost(run: Run) -> None:
    script = """
        t.applyReadReceipt({ isOwn: true, upTo: 11, readAt: "now", version: 20 });
        t.begin(x);
        return read();
    """

    assert run(script, page_of(10, 11, 12, 13)) == [11]


def test_marks_turn_only_their_side(run: Run) -> None:
    script = """
        t.begin(x);
        t.applyReadReceipt({ isOwn: false, upTo: 12, readAt: "now", version: 20 });
        const others = read();
        t.applyReadReceipt({ isOwn: true, upTo: 12, readAt: "now", version: 21 });
        return [others, read()];
    """

    assert run(script, page_of(10, 11, 12, 13)) == [[10, 12], [10, 11, 12]]


def test_changed_message_that_is_not_loaded_leaves_no_hole(run: Run) -> None:
    script = "t.begin(x.page); t.add([x.old]); return [ids(), t.hasOlder]"
    page = page_of(20, 21, has_older=True)

    assert run(script, {"page": page, "old": message(5, version=30)}) == [[20, 21], True]


def test_frames_before_the_first_page_leave_no_hole(run: Run) -> None:
    script = "t.add(x.frames); t.begin(x.page); return ids()"
    frames = [message(5, version=30), message(22)]

    assert run(script, {"page": page_of(20, 21, has_older=True), "frames": frames}) == [20, 21, 22]


def test_version_moves_only_forward_and_not_by_history(run: Run) -> None:
    script = "t.version = 7; t.begin(x); t.advanceTo(9); t.advanceTo(8); return t.version"

    assert run(script, page_of(40, 41)) == 9


def test_reset_holds_once_the_thread_is_loaded(run: Run) -> None:
    script = """
        t.version = 900; t.begin(x.before);
        t.reset(30);
        t.add([x.live]); t.advanceTo(31);
        const meanwhile = t.version;
        t.begin(x.after);
        return [meanwhile, t.version, ids()];
    """
    pages = {"before": page_of(40, 41), "after": page_of(10, 11), "live": message(12)}

    assert run(script, pages) == [900, 31, [10, 11, 12]]


def test_what_is_kept_resumes_without_a_hole(run: Run) -> None:
    script = """
        t.version = 7; t.begin(x.page);
        const kept = t.snapshot();
        const later = new Timeline(1);
        later.restore(structuredClone(kept));
        later.add([x.live]);
        return [kept.messages.length, later.hasOlder, later.version, later.messages.length];
    """
    state = {"page": page_of(*range(1, 151)), "live": message(151)}

    assert run(script, state) == [100, True, 7, 101]


def test_own_message_keeps_its_key_and_others_their_object(run: Run) -> None:
    script = """
        const entry = { client_id: "c", content: "hi", created_at: 0, state: "waiting", error: null };
        const before = m.threadItems(x.slice(0, 1), [entry], 1);
        const after = m.threadItems([...x.slice(0, 1), x[1]], [], 1);
        return [before.map(i => [i.key, i.state]), after.map(i => [i.key, i.state])];
    """
    rows = [message(2, client_id="theirs"), message(3, client_id="c", is_read=True)]

    before, after = run(script, rows)

    assert before == [["id-2", "sent"], ["c", "waiting"]]
    assert after == [["id-2", "sent"], ["c", "read"]]


def test_unchanged_messages_stay_the_same_items(run: Run) -> None:
    script = """
        t.begin(x);
        const before = m.threadItems(t.messages, [], 1);
        t.applyReadReceipt({ isOwn: true, upTo: 11, readAt: "now", version: 20 });
        const after = m.threadItems(t.messages, [], 1);
        return after.map((item, index) => item === before[index]);
    """

    assert run(script, page_of(10, 11, 12)) == [True, False, True]


def test_days_and_groups(run: Run) -> None:
    script = """
        const items = m.threadItems(x, [], 1);
        return m.daySections(items).map(s => [s.key, s.groups.map(g => g.items.map(i => i.id))]);
    """
    # In New York, where midnight is at five.
    times = {1: "04:58", 3: "04:59", 5: "05:01", 6: "05:02", 8: "05:30", 9: "04:00"}
    rows = [message(pk, created_at=f"2026-02-16T{time}:00Z") for pk, time in times.items()]

    sections = run(script, rows)

    # A pause of half an hour divides; an earlier clock does not go back a day.
    assert sections == [["2026-02-15", [[1, 3]]], ["2026-02-16", [[5], [6], [8], [9]]]]


def test_backoff_doubles_to_half_a_minute_with_jitter(run: Run) -> None:
    script = """
        const { delayAfter } = await import("/static/web/live/backoff.js");
        return [1, 2, 3, 7, 50].map(n => [delayAfter(n, () => 0), delayAfter(n, () => 1)]);
    """

    spans = run(script)

    assert spans == [[250, 500], [500, 1000], [1000, 2000], [15000, 30000], [15000, 30000]]


def test_who_comes_back_to_the_page_is_asked_to_wait_half_as_long(run: Run) -> None:
    script = """
        const { Heartbeat } = await import("/static/web/live/heartbeat.js");
        const waits = [];
        globalThis.setTimeout = (_react, ms) => waits.push(ms);
        const heart = new Heartbeat({ ping: () => waits.push("ping"), onSilence() {} });
        heart.beat();
        heart.beat(); // an answer is due already
        heart.wake(); // but the device has slept since
        return waits;
    """

    assert run(script) == ["ping", 8000, "ping", 4000]
