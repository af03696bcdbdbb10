"""Somebody who reads faster than the server allows waits, and sees no error."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from messaging.models import Conversation
from tests.e2e.screens import (
    conversation_with,
    conversations,
    message,
    messages,
    navigation,
    open_thread,
    sign_in,
)
from tests.e2e.servers import make_server
from tests.e2e.test_history import fill, scroll_to_top
from tests.factories import make_trainee, open_conversation, write
from tests.system.server import WebServer
from users.models import User

pytestmark = pytest.mark.complains(r"status of 429")
FAILURE = re.compile("went wrong|couldn’t be|Slow down", re.IGNORECASE)


@pytest.fixture(scope="module")
def strict_server(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, static_root: Path
) -> Iterator[WebServer]:
    server = make_server(static_root, THROTTLE_READING="4 per 3 second")
    with django_db_blocker.unblock(), server:
        yield server


@pytest.fixture
def server(strict_server: WebServer, transactional_db: None) -> WebServer:
    """A server that allows four reads in 3 s."""
    return strict_server


def watch_for_failures(page: Page) -> list[str]:
    """Return a list to which the page adds each error that it shows, even for a moment."""
    seen: list[str] = []
    page.expose_function("reportFailure", lambda text: seen.append(text))  # noqa: PLW0108  # a builtin has no attributes
    page.add_init_script(
        f"""new MutationObserver(() => {{
            const found = /{FAILURE.pattern}/i.exec(document.body?.innerText ?? "");
            if (found) reportFailure(found[0]);
        }}).observe(document, {{ childList: true, subtree: true, characterData: true }});"""
    )
    return seen


def test_going_through_threads_waits_with_a_skeleton_and_goes_on(desk: Page, alice: User) -> None:
    trainees = [make_trainee(f"trainee{n}", alice) for n in range(6)]
    for trainee in trainees:
        write(trainee, open_conversation(alice, trainee), f"I am {trainee.first_name}")
    failures = watch_for_failures(desk)
    sign_in(desk, alice)
    expect(conversations(desk)).to_have_count(6)

    for trainee in trainees:
        conversation_with(desk, trainee).click()
        expect(desk.locator(".bubble-skeleton").first.or_(messages(desk).first)).to_be_visible()
        expect(message(desk, f"I am {trainee.first_name}")).to_be_visible()
    navigation(desk).get_by_role("link", name="Trainees").click()

    expect(desk.get_by_text("6 trainees").last).to_be_visible()
    assert failures == []


def test_scrolling_back_waits_and_goes_on(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    fill(conversation, 130)
    failures = watch_for_failures(desk)
    open_thread(desk, alice, conversation)

    while not message(desk, "Hello").count():
        scroll_to_top(desk)

    assert failures == []


@pytest.mark.complains(r"status of 500")
def test_screen_that_fails_repeats_its_load_by_itself(desk: Page, alice: User) -> None:
    api = "**/trainer/trainees/*"
    desk.route(api, lambda route: route.fulfill(status=500, json={"detail": "Broken."}))
    sign_in(desk, alice, "/trainees")
    alert = desk.get_by_role("alert").filter(has_text="couldn’t be loaded")
    expect(alert).to_be_visible()

    desk.unroute(api)

    expect(desk.get_by_text("No trainees")).to_be_visible()
    expect(alert).to_have_count(0)
