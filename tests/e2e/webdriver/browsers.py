"""Starts Firefox and WebKit without a window on anybody's screen, each with a profile of its own."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.backends import find_free_port
from tests.e2e.webdriver.connections import (
    CommandFailed,
    Connection,
    HttpConnection,
    MarionetteConnection,
)
from tests.e2e.webdriver.packages import FIREFOX, WEBKIT, BrowserUnavailable, find

START_SECONDS = 60
PREFERENCES = {
    "app.normandy.enabled": "false",
    "app.update.enabled": "false",
    "browser.shell.checkDefaultBrowser": "false",
    "browser.startup.page": "0",
    "datareporting.policy.dataSubmissionEnabled": "false",
    "dom.min_background_timeout_value": "4",
    "marionette.port": "0",
    "network.captive-portal-service.enabled": "false",
    "network.connectivity-service.enabled": "false",
    "toolkit.telemetry.enabled": "false",
    # Without a window, it says that the device has no mouse.
    "ui.allPointerCapabilities": "6",
    "ui.primaryPointerCapabilities": "6",
}


@contextmanager
def open_engine(name: str) -> Iterator[Connection]:
    """Open "firefox" or "webkit", and connect to it; if it cannot be had, the test fails with one line."""
    package, start = (FIREFOX, open_firefox) if name == "firefox" else (WEBKIT, open_webkit)
    try:
        find(package)
    except BrowserUnavailable as error:
        pytest.fail(str(error), pytrace=False)
    with start() as connection:
        yield connection


@contextmanager
def open_firefox(language: str = "en-US") -> Iterator[Connection]:
    """Start Firefox for a person who reads this language, without a window, and connect to it."""
    (path,) = find(FIREFOX)
    preferences = {**PREFERENCES, "intl.accept_languages": f'"{language}"'}
    with tempfile.TemporaryDirectory(
        prefix="messaging-test-", ignore_cleanup_errors=True
    ) as folder:
        lines = [f'user_pref("{name}", {value});\n' for name, value in preferences.items()]
        Path(folder, "user.js").write_text("".join(lines))
        command = (path, "--headless", "--marionette", "--no-remote", "--profile", folder)
        with running(command, {"HOME": folder, "MOZ_DISABLE_CONTENT_SANDBOX": "1"}):
            connection = MarionetteConnection(_read_port(Path(folder, "MarionetteActivePort")))
            connection.send("NewSession", acceptInsecureCerts=True)
            yield connection


@contextmanager
def open_webkit() -> Iterator[Connection]:
    """Start WebKitGTK's own browser, on a virtual display, and connect to it through its driver."""
    driver, browser, display_server = find(WEBKIT)
    port = find_free_port()
    with tempfile.TemporaryDirectory(
        prefix="messaging-test-", ignore_cleanup_errors=True
    ) as folder:
        variables = {"HOME": folder, "LIBGL_ALWAYS_SOFTWARE": "1", "NO_AT_BRIDGE": "1"}
        with (
            display(display_server) as name,
            running((driver, f"--port={port}"), {**variables, "DISPLAY": name}),
        ):
            connection = HttpConnection(_wait_for_driver(f"http://127.0.0.1:{port}"))
            options = {"binary": browser, "args": ["--automation"]}
            connection.send(
                "NewSession", acceptInsecureCerts=True, **{"webkitgtk:browserOptions": options}
            )
            yield connection
            with suppress(CommandFailed, httpx.HTTPError):
                connection.send("DeleteSession")


@contextmanager
def running(command: Sequence[str], variables: Mapping[str, str]) -> Iterator[None]:
    """Run a program while the block runs; then end it and all that it has started."""
    environment = {**os.environ, **variables}
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        command, env=environment, stdin=quiet, stdout=quiet, stderr=quiet, process_group=0
    )
    try:
        yield
    finally:
        _end(process)


@contextmanager
def display(server: str) -> Iterator[str]:
    """Run a virtual display, and yield its name, such as ":1"."""
    command = (server, "-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp")
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, process_group=0
    )
    try:
        assert process.stdout
        yield f":{process.stdout.readline().decode().strip()}"
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, 9)
    process.wait()


def _read_port(file: Path) -> int:
    """Return the port that Firefox writes into its profile once it listens."""
    deadline = time.monotonic() + START_SECONDS
    while not (file.exists() and file.read_text()):
        assert time.monotonic() < deadline, "Firefox did not start in time."
        time.sleep(0.05)
    return int(file.read_text())


def _wait_for_driver(url: str) -> str:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            httpx.get(f"{url}/status", trust_env=False)
        except httpx.TransportError:
            assert time.monotonic() < deadline, "WebKitWebDriver did not start in time."
            time.sleep(0.05)
        else:
            return url
