"""Runs modules of the client by themselves, in the browser that they are written for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser

from tests.live.server import WebServer

Run = Callable[..., Any]


@contextmanager
def module_runner(browser: Browser, server: WebServer, prelude: str) -> Iterator[Run]:
    """
    Run JavaScript after `prelude`, which can import: `run(script, argument)` returns what it returns.

    In the script the argument is `x`. The person sits in New York, at a German browser.
    """
    options = {"timezone_id": "America/New_York", "locale": "de-DE"}
    with browser.new_context(base_url=server.url, **options) as context:  # type: ignore[arg-type] # both are strings
        page = context.new_page()
        page.goto("/sign-in")

        def run(script: str, argument: Any = None) -> Any:
            return page.evaluate(f"async x => {{ {prelude}\n{script} }}", argument)

        yield run
