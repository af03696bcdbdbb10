"""A network without WebSockets: everything still works, but slower."""

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from messaging.models import Conversation
from tests.e2e.devices import wait_until
from tests.e2e.screens import (
    composer,
    conversation_with,
    expect_texts,
    expect_tick,
    expect_unread,
    message,
    open_thread,
    sign_in,
    write,
)
from tests.factories import tokens_of
from tests.system.people import Person
from tests.system.server import WebServer
from trainer.services.trainees import remove_trainee
from users.models import User

pytestmark = pytest.mark.complains(r"WebSocket connection")
# Three attempts with backoff, then a poll every 5 s.
SLOWER_MS = 25_000


@pytest.fixture
def blocked(desk: Page) -> Page:
    """A desk behind a proxy that blocks WebSockets."""

    def refuse(socket: WebSocketRoute) -> None:
        socket.close(code=1011, reason="blocked")

    desk.route_web_socket("**/ws/**", refuse)
    return desk


def test_messages_arrive_and_are_read_without_sockets(
    blocked: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    his = Person(server, tokens_of(bob))
    open_thread(blocked, alice, conversation)

    his.send(conversation.pk, "by the slow way")
    expect(message(blocked, "by the slow way")).to_be_visible(timeout=SLOWER_MS)
    expect_unread(blocked, None)
    write(blocked, "my answer")
    expect_tick(blocked, "my answer", "Sent")
    unread = conversation.messages.filter(sender=bob, read_at=None)
    wait_until(blocked, lambda: not unread.exists())
    his.read(conversation.pk)

    expect_tick(blocked, "my answer", "Read", timeout=SLOWER_MS)
    expect_texts(blocked, ["Hello", "by the slow way", "my answer"])
    expect(blocked.get_by_text("Reconnecting…")).to_have_count(0)


def test_list_and_badge_are_updated_without_sockets(
    blocked: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    sign_in(blocked, alice)
    expect(conversation_with(blocked, bob)).to_be_visible()

    Person(server, tokens_of(bob)).send(conversation.pk, "by the slow way")

    row = conversation_with(blocked, bob)
    expect(row).to_contain_text("by the slow way", timeout=SLOWER_MS)
    expect(row.locator(".badge")).to_contain_text("1")
    expect_unread(blocked, "1")


def test_thread_becomes_read_only_without_sockets(
    blocked: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    open_thread(blocked, alice, conversation)

    remove_trainee(trainer=alice, trainee_id=bob.pk)

    tag = blocked.locator(".thread-title").get_by_text("Removed")
    expect(tag).to_be_visible(timeout=SLOWER_MS)
    expect(composer(blocked)).to_have_count(0)
    expect(message(blocked, "Hello")).to_be_visible()


@pytest.mark.complains(r"net::ERR_FAILED")
def test_queued_messages_are_sent_as_soon_as_the_server_responds(
    blocked: Page, alice: User, conversation: Conversation
) -> None:
    """After several failed attempts, the next retry would be 30 s later."""
    attempts: list[str] = []

    def lose(route: Route) -> None:
        if route.request.url.endswith("/send/"):
            attempts.append(route.request.url)
        route.abort()

    def has_tried_often() -> bool:
        if len(attempts) < 7:
            blocked.clock.fast_forward(30_000)
        return len(attempts) >= 7

    blocked.clock.install()
    open_thread(blocked, alice, conversation)
    blocked.route("**/api/**", lose)
    write(blocked, "at last")
    wait_until(blocked, has_tried_often)

    blocked.unroute("**/api/**")

    expect_tick(blocked, "at last", "Sent")
