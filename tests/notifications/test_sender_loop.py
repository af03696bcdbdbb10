"""The event loop that sends for all job threads of a process."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from notifications.outcomes import DELIVERED, Outcome, Verdict
from notifications.sender_loop import SenderLoop
from tests.notifications.conftest import MakeBrowser
from tests.notifications.service import Browser
from tests.notifications.test_web_push import make_notification
from tests.system.python_process import ROOT
from tests.system.server import test_environment

LIBRARIES = ("aiohttp", "pywebpush", "google.auth")


@pytest.fixture
def sender_loop() -> Iterator[SenderLoop]:
    sender_loop = SenderLoop()
    yield sender_loop
    sender_loop.close()


@pytest.fixture
def bobs(make_browser: MakeBrowser) -> Browser:
    return make_browser("bob")


def test_threads_send_concurrently(sender_loop: SenderLoop, bobs: Browser) -> None:
    bobs.service.close_gate()
    with ThreadPoolExecutor(20) as threads:
        sent = [threads.submit(sender_loop.send, make_notification(bobs.token)) for _ in range(20)]
        bobs.wait_for(20)  # none has been answered yet
        bobs.service.open_gate()

    assert [each.result() for each in sent] == [DELIVERED] * 20


def test_unexpected_error_is_given_up_without_its_text(
    sender_loop: SenderLoop, bobs: Browser
) -> None:
    broken = make_notification(bobs.token, title={"no JSON"})

    assert sender_loop.send(broken) == Outcome(Verdict.REFUSED, "TypeError")
    assert sender_loop.send(make_notification(bobs.token)) == DELIVERED


def test_closed_loop_opens_again(sender_loop: SenderLoop, bobs: Browser) -> None:
    sender_loop.close()  # it was never opened
    outcomes = []
    for _ in range(2):
        outcomes.append(sender_loop.send(make_notification(bobs.token)))
        sender_loop.close()

    assert outcomes == [DELIVERED, DELIVERED]


def test_loop_without_usable_credentials_can_be_closed_and_opens_again(
    sender_loop: SenderLoop, bobs: Browser, settings: Any, tmp_path: Path
) -> None:
    settings.FCM_CREDENTIALS_FILE = str(tmp_path / "credentials.json")
    (tmp_path / "credentials.json").write_text("no JSON")
    with pytest.raises(ValueError, match="Expecting value"):
        sender_loop.send(make_notification(bobs.token))
    sender_loop.close()

    settings.FCM_CREDENTIALS_FILE = ""

    assert sender_loop.send(make_notification(bobs.token)) == DELIVERED


def test_libraries_are_not_loaded_before_the_first_notification(db: None) -> None:
    code = (
        "import sys, config.asgi, notifications.jobs;"
        f" print([each for each in {LIBRARIES} if each in sys.modules])"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=test_environment(),
        check=True,
        capture_output=True,
        text=True,
    )

    assert loaded.stdout == "[]\n"
