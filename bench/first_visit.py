"""
Measure a first visit on a slow network: `python -m bench.first_visit [REF] [--rounds 3] [--kbit 400]`.

A trainer with 60 conversations opens one of them on a phone, signed in, with an empty HTTP cache, no
database and no service worker. The page comes through Caddy with the configuration in docs/deploy, over
HTTP/2. Chromium emulates the network as DevTools does: 400 ms for each request, and 400 kbit/s. The table
shows the seconds until the text of the newest message is drawn, the requests and KB of the page by then,
and those until nothing has been requested for QUIET_MS. With REF, that commit is measured in alternation,
and each ratio is this commit's figure divided by the other one's.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import astuple, dataclass, field, fields
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, CDPSession, Page, StorageState, sync_playwright

from bench.against import checked_out
from bench.processes import Served, shared_environment
from tests.backends import Postgres, Redis, find_free_port
from tests.e2e.chromium import launch_options
from tests.e2e.devices import PHONE
from tests.e2e.proxy import Proxy

LATENCY_MS = 400
QUIET_MS = 2_000
STOPWATCH = Path(__file__).with_name("browser.js").read_text()
# Milliseconds from the beginning of the navigation.
SHOWN = "async text => (await shown('.message', text)) - performance.timeOrigin"
NEWEST = "The newest message of the first conversation."
# Run in the checkout that is measured, with that commit's own code. Conversation 1 is the one to open.
FILL = f"""
from tests.factories import *
trainer = make_trainer("alice")
for number in range(60):
    trainee = make_trainee(f"trainee{{number}}", trainer)
    conversation = open_conversation(trainer, trainee, f"Hello {{number}}, see you on Monday at six?")
    texts = [f"Set {{each}} of conversation {{number}} is done, the last one slower." for each in range(9)]
    write(trainee, conversation, *texts)
first = Conversation.objects.order_by("pk").first()
write(first.trainee, first, *(f"Week {{each}}: it went well, thank you." for each in range(30)), {NEWEST!r})
"""


@dataclass
class Visit:
    """One visit; sizes are compressed and include headers."""

    seconds: float
    requests: int
    kilobytes: float
    all_requests: int
    all_kilobytes: float


@dataclass
class Side:
    """A commit that is measured: the site that serves it, and the state of a browser that signed in."""

    url: str
    signed_in: StorageState
    visits: list[Visit] = field(default_factory=list)


def main() -> int:
    """Measure the commits in alternation, and print the table."""
    arguments = _parse()
    with ExitStack() as stack:
        browser = stack.enter_context(_chromium())
        refs = ["HEAD", *([arguments.ref] if arguments.ref else [])]
        sides = [stack.enter_context(_serving(ref, browser)) for ref in refs]
        for _ in range(arguments.rounds):
            for side in sides:
                side.visits.append(_visit(browser, side, arguments.kbit))
    _print_table(refs, sides)
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.first_visit", description=__doc__)
    parser.add_argument("ref", nargs="?", help="the commit to compare with")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kbit", type=int, default=400, help="kbit/s in both directions")
    return parser.parse_args()


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        yield browser
        browser.close()


@contextmanager
def _serving(ref: str, browser: Browser) -> Iterator[Side]:
    """Serve a commit through the proxy, with its own database, and sign the trainer in."""
    port = find_free_port()
    with ExitStack() as stack:
        folder = stack.enter_context(checked_out(ref))
        environment = _environment(stack, port, folder)
        for command in ("migrate --noinput", "collectstatic --noinput --ignore=admin"):
            _manage(folder, environment, *command.split(), "--verbosity=0")
        _manage(folder, environment, "shell", "--command", FILL)
        server = Served("config.serve", **environment)
        server.folder = folder
        stack.enter_context(server)
        proxy = stack.enter_context(Proxy(f"127.0.0.1:{server.port}", port=port))
        yield Side(proxy.url, _sign_in(browser, proxy.url))


def _environment(stack: ExitStack, port: int, folder: Path) -> dict[str, str]:
    postgres = stack.enter_context(Postgres(own=True, durable=False))
    redis = stack.enter_context(Redis(own=True))
    static = stack.enter_context(tempfile.TemporaryDirectory())
    return {
        **shared_environment(postgres.url, redis.url),
        # Hashes passwords fast, so that filling takes seconds.
        "DJANGO_SETTINGS_MODULE": "tests.e2e.settings",
        "TEST_STATIC_ROOT": static,
        "PUBLIC_URL": f"https://localhost:{port}",
        "ALLOWED_HOSTS": "localhost",
        "FORWARDED_ALLOW_IPS": "127.0.0.1",
    }


def _manage(folder: Path, environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=folder, env={**os.environ, **environment}, check=True)


def _sign_in(browser: Browser, url: str) -> StorageState:
    context = browser.new_context(base_url=url, ignore_https_errors=True, service_workers="block")
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Email").fill("alice@example.com")
    page.get_by_label("Password", exact=True).fill("correct-horse-battery-1")
    page.get_by_role("button", name="Sign in").click()
    page.locator("conversation-list").wait_for()
    state = context.storage_state()
    context.close()
    return state


class Traffic:
    """Counts the requests of a page and the bytes that it has received."""

    def __init__(self, session: CDPSession) -> None:
        self.requests, self.bytes = 0, 0.0
        session.on("Network.requestWillBeSent", lambda _: self._count(1, 0))
        session.on(
            "Network.loadingFinished", lambda done: self._count(0, done["encodedDataLength"])
        )
        session.send("Network.enable")

    def _count(self, requests: int, size: float) -> None:
        self.requests += requests
        self.bytes += size


def _visit(browser: Browser, side: Side, kbit: int) -> Visit:
    """Open the first conversation in a new context, and wait for its newest message."""
    options = {**PHONE, "base_url": side.url, "storage_state": side.signed_in}
    context = browser.new_context(**options, ignore_https_errors=True)
    page = context.new_page()
    page.add_init_script(STOPWATCH)
    session = context.new_cdp_session(page)
    traffic = Traffic(session)
    speed = kbit * 1000 / 8
    network = {"latency": LATENCY_MS, "downloadThroughput": speed, "uploadThroughput": speed}
    session.send("Network.emulateNetworkConditions", {"offline": False, **network})
    page.goto("/messages/1", wait_until="domcontentloaded")
    seconds = page.evaluate(SHOWN, NEWEST) / 1000
    requests, size = traffic.requests, traffic.bytes
    _wait_until_quiet(page, traffic)
    context.close()
    return Visit(seconds, requests, size / 1024, traffic.requests, traffic.bytes / 1024)


def _wait_until_quiet(page: Page, traffic: Traffic) -> None:
    before = -1
    while traffic.requests > before:
        before = traffic.requests
        page.wait_for_timeout(QUIET_MS)


def _print_table(refs: list[str], sides: list[Side]) -> None:
    names = [each.name for each in fields(Visit)]
    print(f"{'commit':12}" + "".join(f"{name:>15}" for name in names))
    medians = [
        [median(each) for each in zip(*map(astuple, side.visits), strict=True)] for side in sides
    ]
    for ref, row in zip(refs, medians, strict=True):
        print(f"{ref:12}" + "".join(f"{value:15.1f}" for value in row))
    if len(medians) > 1:
        ratios = [now / before for now, before in zip(*medians, strict=True)]
        print(f"{'ratio':12}" + "".join(f"{value:15.2f}" for value in ratios))


if __name__ == "__main__":
    sys.exit(main())
