"""The requests of a page that opens with nothing stored on the device but the sign-in."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from messaging.models import Conversation
from tests.e2e.devices import OpenDevice, Sockets, wait_until
from tests.e2e.screens import conversations, message, path_of, sign_in
from users.models import User

SIGN_IN = ["POST auth/jwt/refresh/", "GET auth/users/me/"]
LIST = "GET messaging/conversations/?page=1"


class Requests:
    """Records a page's requests to the API, in order of their method and path."""

    def __init__(self, page: Page) -> None:
        self._found: list[str] = []
        page.on("request", lambda request: self._note(request.method, request.url))

    def _note(self, method: str, url: str) -> None:
        path, query = urlsplit(url).path, urlsplit(url).query
        if path.startswith("/api/"):
            self._found.append(
                f"{method} {path.removeprefix('/api/')}{'?' if query else ''}{query}"
            )

    def expect(self, page: Page, *wanted: str) -> None:
        """Wait until there are as many requests, and expect no others."""
        wait_until(page, lambda: len(self._found) >= len(wanted))
        assert sorted(self._found) == sorted(wanted)


def open_cold(
    open_device: OpenDevice, person: User, path: str, sockets: int
) -> tuple[Page, Requests]:
    """Open a path, and wait until the screen is complete and the sockets have caught up."""
    page = open_device(fresh=True)
    requests, live = Requests(page), Sockets(page)
    sign_in(page, person, path)
    live.wait_until_live(sockets)
    expect(page.get_by_role("main").locator("h1:visible, h2:visible").first).to_be_visible()
    expect(page.locator("[class*=skeleton]")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    return page, requests


def test_cold_thread_requests_the_list_and_each_other_thing_once(
    open_device: OpenDevice, alice: User, conversation: Conversation
) -> None:
    page, requests = open_cold(open_device, alice, path_of(conversation), sockets=2)

    expect(message(page, "Hello")).to_be_visible()
    expect(conversations(page)).to_have_count(1)
    thread = f"messaging/conversations/{conversation.pk}/"
    newest = f"GET {thread}messages/?before={2**53 - 1}&limit=20"
    requests.expect(page, *SIGN_IN, LIST, f"GET {thread}", newest)


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/messages", []),
        ("/trainees", ["GET trainer/trainees/?page=1"]),
        ("/invitations", ["GET trainer/invitations/?page=1"]),
        ("/settings", ["GET users/data-exports/", "GET users/email-preferences/"]),
    ],
)
def test_cold_screen_requests_the_list_and_each_other_thing_once(
    open_device: OpenDevice, alice: User, conversation: Conversation, path: str, own: list[str]
) -> None:
    page, requests = open_cold(open_device, alice, path, sockets=1)

    requests.expect(page, *SIGN_IN, LIST, *own)
