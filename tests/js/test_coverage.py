"""The coverage of JavaScript, computed from V8's counts."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.js.coverage import CLIENT, Count, Module, measure, report

pytestmark = pytest.mark.without_servers

SOURCE = """\
// 💪 is two units long.
export function f(x) {
  if (x) {
    return 1;
  }
  return 2;
}

/** Nobody calls it. */
export const g = () => 3;
"""


def functions(*blocks: tuple[str, int]) -> list[dict[str, Any]]:
    """Return counts in V8's format: for the whole source, then for these parts of it, outer ones first."""
    spans = [{"startOffset": 0, "endOffset": offset(len(SOURCE)), "count": 1}]
    for text, count in blocks:
        start = SOURCE.index(text)
        end = offset(start + len(text))
        spans.append({"startOffset": offset(start), "endOffset": end, "count": count})
    return [{"ranges": spans}]


def offset(index: int) -> int:
    return len(SOURCE[:index].encode("utf-16-le")) // 2


F = SOURCE[SOURCE.index("function") : SOURCE.index("\n\n")]
TRUE = "{\n    return 1;\n  }"
FALSE = "\n  return 2;\n"
WITH_TRUE = functions((F, 1), (TRUE, 1), (FALSE, 0), ("() => 3", 0))
WITH_FALSE = functions((F, 2), (TRUE, 0), ("() => 3", 0))


def test_code_that_has_not_run_is_missed() -> None:
    module = Module("f", SOURCE)

    module.add(WITH_TRUE)

    # Comments and empty lines do not count, and a line is covered if any part of it has run.
    assert module.missed_lines() == [6]
    assert module.count_lines() == Count(6, 7)
    # Branches: the source, f, its two blocks, and g.
    assert module.count_branches() == Count(3, 5)


def test_counts_of_runs_are_merged_in_any_order() -> None:
    one, other = Module("f", SOURCE), Module("f", SOURCE)

    for run in (WITH_TRUE, WITH_FALSE):
        one.add(run)
    for run in (WITH_FALSE, WITH_TRUE):
        other.add(run)

    assert one.missed_lines() == other.missed_lines() == []
    assert one.count_branches() == other.count_branches() == Count(4, 5)


def test_module_that_was_never_loaded_is_missed_entirely() -> None:
    module = Module("f", SOURCE)

    assert (module.count_lines(), module.count_branches()) == (Count(0, 7), Count(0, 1))
    assert not module.is_covered


def test_run_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="another version of f"):
        Module("f", SOURCE[:-1]).add(WITH_TRUE)


@pytest.mark.parametrize(
    "url",
    [
        CLIENT.joinpath("text/length.js").as_uri(),
        CLIENT.joinpath("text/length.js").as_uri() + "?tab=3.1",
        "http://127.0.0.1:8000/static/web/text/length.js",
        "https://app.example/static/web/text/length.0123456789ab.js",
    ],
)
def test_module_is_recognised_by_each_of_its_urls(tmp_path: Path, url: str) -> None:
    length = len(CLIENT.joinpath("text/length.js").read_text()) + 1  # an emoji is two UTF-16 units
    whole = {"startOffset": 0, "endOffset": length, "count": 1}
    scripts = [
        {"url": url, "functions": [{"ranges": [whole]}]},
        {"url": "node:internal/url", "functions": [{"ranges": [whole]}]},
        {"url": "http://127.0.0.1:8000/static/web/ui/toast.js", "functions": []},
    ]
    tmp_path.joinpath("coverage-1.json").write_text(json.dumps({"result": scripts}))

    modules = measure([tmp_path])

    assert [each.name for each in modules if each.is_covered] == ["text/length.js"]
    assert {each.name.partition("/")[0] for each in modules} == {"core", "live", "text"}
    assert "text/length.js                   100.0 %   100.0 %" in report(modules).splitlines()
