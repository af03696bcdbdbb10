"""Write the results as Markdown tables and as JSON."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from bench import machine
from bench.browser import Waits
from bench.compare import Row
from bench.delivery import Delivery
from bench.idle import Idle
from bench.photo_trip import PhotoTrips
from bench.processes import ROOT
from bench.scenarios import Variant
from bench.search import Search
from bench.wrk import Figures

RESULTS = ROOT / "bench" / "results.json"
README = ROOT / "bench" / "README.md"
GENERATED_BELOW = (
    "<!-- The last result, written by the benchmark: nothing below is written by hand. -->"
)


@dataclass
class Results:
    """The results of one run."""

    machine: dict[str, Any]
    rows: list[Row] = field(default_factory=list)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    idle: Idle | None = None
    processes: list[Variant] = field(default_factory=list)
    held: list[Variant] = field(default_factory=list)
    redis: list[Variant] = field(default_factory=list)
    servers: list[Variant] = field(default_factory=list)
    browser: Waits | None = None
    photos: PhotoTrips | None = None
    searches: list[Search] = field(default_factory=list)

    @property
    def variants(self) -> list[Variant]:
        return [*self.processes, *self.held, *self.redis, *self.servers]

    def as_text(self) -> str:
        """Return the tables as Markdown."""
        parts = [machine.sentence(self.machine), _endpoints(self.rows), _growth(self.rows)]
        parts += [_deliveries(self.deliveries), _idle(self.idle)]
        variants = (self.processes, self.held, self.redis, self.servers)
        parts += [_variants(each) for each in variants]
        parts += [_browser(self.browser), _photos(self.photos), _searches(self.searches)]
        return "\n\n".join(filter(None, parts)) + "\n"

    def save(self) -> None:
        """Write the results as JSON, and to bench/README.md only if the machine was otherwise idle."""
        RESULTS.write_text(json.dumps(asdict(self), indent=1) + "\n")
        if machine.is_busy(self.machine):
            print("The machine was busy, so bench/README.md was not updated.")
            return
        handwritten = README.read_text().partition(GENERATED_BELOW)[0]
        README.write_text(f"{handwritten}{GENERATED_BELOW}\n\n{self.as_text()}")


def _endpoints(rows: list[Row]) -> str:
    heads = ["messages", "endpoint", "floor/s", "product/s", "ratio", "bar", "p50 ms", "p99 ms"]
    heads += ["errors", "CPU ms", "floor's", "statements", "bar"]
    return _table(
        heads,
        (
            (
                f"{row.messages:,}",
                row.endpoint,
                f"{row.floor.rate:.0f}",
                f"{row.product.rate:.0f}",
                f"{row.ratio:.2f}",
                f"{row.least:.2f}",
                f"{row.product.p50_ms:.1f}",
                f"{row.product.p99_ms:.1f}",
                row.product.errors + row.floor.errors,
                f"{row.product.cpu_ms:.2f}",
                f"{row.floor.cpu_ms:.2f}",
                f"{row.statements:.1f}",
                row.most_statements,
            )
            for row in rows
        ),
    )


def _growth(rows: list[Row]) -> str:
    """Compare each size with the smallest; return an empty text if there is only one size."""
    sizes = sorted({row.messages for row in rows})
    rates = {(row.endpoint, row.messages): row.product.rate for row in rows}
    if len(sizes) < 2:
        return ""
    heads = ["endpoint", *(f"{size:,} against {sizes[0]:,}" for size in sizes[1:]), "bar"]
    names = dict.fromkeys(row.endpoint for row in rows)
    shares = {
        name: [f"{rates[name, size] / rates[name, sizes[0]]:.2f}" for size in sizes[1:]]
        for name in names
    }
    return _table(heads, ((name, *shares[name], "0.90") for name in names))


def _deliveries(found: dict[str, Delivery]) -> str:
    heads = ["send to socket", "sent/s", "request p50 ms", "p99", "delivery p50 ms", "p99"]
    heads += ["sent", "refused", "lost, doubled, out of order"]
    return _table(heads, ((name, *_cells(each)) for name, each in found.items()))


def _cells(delivery: Delivery) -> tuple[object, ...]:
    return (
        f"{delivery.rate:.0f}",
        f"{delivery.request_p50:.1f}",
        f"{delivery.request_p99:.1f}",
        f"{delivery.delivery_p50:.1f}",
        f"{delivery.delivery_p99:.1f}",
        delivery.sent,
        delivery.refused,
        delivery.wrong,
    )


def _idle(idle: Idle | None) -> str:
    if idle is None:
        return ""
    heads = ["idle sockets", "KB each", "bar", "CPU while idle", "send/s without", "with"]
    heads += ["keeps", "bar"]
    cells = [f"{idle.sockets:,}", f"{idle.kb_each:.0f}", "40", f"{idle.cpu_share:.1%}"]
    cells += [f"{idle.without.rate:.0f}", f"{idle.with_sockets.rate:.0f}"]
    return _table(heads, [(*cells, f"{idle.rate_kept:.2f}", "0.90")])


def _variants(variants: list[Variant]) -> str:
    heads = ["set-up", "send/s", "times the first", "CPU ms", "cores busy"]
    heads += ["list/s", "times the first", "CPU ms", "cores busy"]
    heads += ["errors", "lost, doubled, out of order"]
    return _table(
        heads,
        (
            (
                each.name,
                *_against(each.send, variants[0].send),
                *_against(each.list, variants[0].list),
                each.send.errors + each.list.errors + each.delivery.refused,
                each.delivery.wrong,
            )
            for each in variants
        ),
    )


def _against(figures: Figures, first: Figures) -> tuple[str, ...]:
    return (
        f"{figures.rate:.0f}",
        f"{figures.rate / first.rate:.2f}",
        f"{figures.cpu_ms:.2f}",
        f"{figures.busy_cores:.2f}",
    )


def _browser(waits: Waits | None) -> str:
    if waits is None:
        return ""
    heads = ["in two browsers", "p50 ms", "p99 ms", "messages", "never shown"]
    tick = ("click to ✓", f"{waits.tick_p50:.0f}", f"{waits.tick_p99:.0f}", waits.sent, waits.wrong)
    other = ("click to the other side's screen", f"{waits.other_p50:.0f}", f"{waits.other_p99:.0f}")
    return _table(heads, [tick, (*other, waits.sent, waits.wrong)])


def _photos(trips: PhotoTrips | None) -> str:
    if trips is None:
        return ""
    heads = ["from the click to the other screen", "p50 ms", "times a text", "times Pillow alone"]
    photo, text = f"a photo of {trips.megabytes:.1f} MB", "a text"
    rows = [
        (name, f"{each:.0f}", f"{each / trips.text:.1f}", f"{each / trips.bare:.1f}")
        for name, each in ((photo, trips.photo), (text, trips.text), ("Pillow alone", trips.bare))
    ]
    return _table([*heads, "never shown"], [(*row, trips.wrong) for row in rows])


def _searches(searches: list[Search]) -> str:
    heads = ["messages", "conversations", "search", "hits", "pages", "least ms", "p50 ms"]
    return _table(
        heads,
        (
            (
                f"{each.messages:,}",
                each.conversations,
                each.query,
                each.found,
                f"{each.pages:,}",
                f"{each.least_ms:.1f}",
                f"{each.p50_ms:.1f}",
            )
            for each in searches
        ),
    )


def _table(heads: list[str], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [" | ".join(str(cell) for cell in row) for row in rows]
    if not lines:
        return ""
    rule = " | ".join("---" for _ in heads)
    return "\n".join(f"| {line} |" for line in (" | ".join(heads), rule, *lines))
