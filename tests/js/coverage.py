"""
Computes which lines and branches of the browser client's logic have run, from V8's counts.

node and Chromium use the same format. The counts of a script are given for ranges: one for each
function, and more for blocks inside the functions. Code without a range of its own ran as often as
the code around it. The counts of any number of runs are merged by module. To find the module of a
URL, the host, the hash in the file name and the query are ignored.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

CLIENT = Path(__file__).resolve().parents[2] / "web" / "static" / "web"
LOGIC = ("core", "live", "text")
LEAST = 90
"""Required percentage of lines and of branches, for each module."""

MODULE = re.compile(r"/static/web/(?P<name>[\w/-]+?)(?:\.[0-9a-f]{12})?\.js(?:\?.*)?$")
MOST_SHOWN = 12
COMMENTS = ("//", "/*", "*")


class Count(NamedTuple):
    """The number of items that have run, and the number of all items."""

    covered: int
    total: int

    @property
    def percent(self) -> float:
        return 100 * self.covered / self.total


@dataclass
class Module:
    """One source file, and which parts of it have run; offsets are in UTF-16 code units, as in V8."""

    name: str
    source: str
    hits: bytes = field(init=False)
    blocks: set[tuple[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        length = _length(self.source)
        self.hits = bytes(length)
        self.blocks = {(0, length)}

    def add(self, functions: Iterable[dict[str, Any]]) -> None:
        """Add the counts of one run. Raise ValueError if they are of another version of the file."""
        hits = bytearray(len(self.hits))
        # Outer functions and blocks come before inner ones.
        for block in (each for function in functions for each in function["ranges"]):
            start, end = block["startOffset"], block["endOffset"]
            hits[start:end] = bytes([block["count"] > 0]) * (end - start)
            self.blocks.add((start, end))
        if len(hits) != len(self.hits):
            raise ValueError(f"These counts are of another version of {self.name}.")
        self.hits = _either(self.hits, bytes(hits))

    @property
    def is_covered(self) -> bool:
        """Return whether enough of the module's lines and branches have run."""
        return all(each.percent >= LEAST for each in (self.count_lines(), self.count_branches()))

    def count_lines(self) -> Count:
        missed, total = self.missed_lines(), sum(1 for _ in self._lines())
        return Count(total - len(missed), total)

    def count_branches(self) -> Count:
        """Count functions, and the blocks that may run more or less often than the code around them."""
        covered = sum(any(self.hits[start:end]) for start, end in self.blocks)
        return Count(covered, len(self.blocks))

    def missed_lines(self) -> list[int]:
        """Return the numbers of the lines that have not run, not even in part."""
        return [number for number, start, end in self._lines() if not any(self.hits[start:end])]

    def _lines(self) -> Iterator[tuple[int, int, int]]:
        """Yield the number, start and end of each line with code; the span excludes outer whitespace."""
        offset = 0
        for number, line in enumerate(self.source.splitlines(keepends=True), start=1):
            code = line.strip()
            start = offset + len(line) - len(line.lstrip())
            if code and not code.startswith(COMMENTS):
                yield number, start, start + _length(code)
            offset += _length(line)


def measure(folders: Iterable[Path]) -> list[Module]:
    """Return all logic modules, with the counts from the files in these folders."""
    modules = {path: Module(path, (CLIENT / path).read_text()) for path in _list_logic()}
    for script in (each for folder in folders for each in _read(folder)):
        found = MODULE.search(script["url"])
        module = modules.get(f"{found['name']}.js") if found else None
        if module:
            module.add(script["functions"])
    return list(modules.values())


def report(modules: list[Module]) -> str:
    """Return a table of the coverage and of the missed lines."""
    rows = [f"{'module':32} {'lines':>7} {'branches':>9}  missed lines"]
    for module in modules:
        missed = _shorten(module.missed_lines())
        rows.append(_row(module.name, module.count_lines(), module.count_branches(), missed))
    lines = _sum(module.count_lines() for module in modules)
    branches = _sum(module.count_branches() for module in modules)
    rows.append(_row("all", lines, branches, ""))
    return "\n".join(rows)


def _shorten(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:MOST_SHOWN]))
    return shown if len(numbers) <= MOST_SHOWN else f"{shown}, and {len(numbers) - MOST_SHOWN} more"


def _row(name: str, lines: Count, branches: Count, missed: str) -> str:
    return f"{name:32} {lines.percent:5.1f} % {branches.percent:7.1f} %  {missed}".rstrip()


def _sum(counts: Iterable[Count]) -> Count:
    return Count(*map(sum, zip(*counts, strict=True)))


def _list_logic() -> list[str]:
    found = (path for folder in LOGIC for path in (CLIENT / folder).rglob("*.js"))
    return sorted(path.relative_to(CLIENT).as_posix() for path in found)


def _read(folder: Path) -> Iterator[dict[str, Any]]:
    for path in folder.glob("*.json"):
        yield from json.loads(path.read_text())["result"]


def _either(one: bytes, other: bytes) -> bytes:
    # Two large numbers are fast to combine: a run has a thousand scripts, with a byte per character.
    either = int.from_bytes(one, "little") | int.from_bytes(other, "little")
    return either.to_bytes(len(one), "little")


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
