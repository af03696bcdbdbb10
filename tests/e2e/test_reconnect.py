"""Servers that are killed and networks that fail: missed messages arrive, in order."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from messaging.models import Conversation
from tests.e2e.devices import Sockets, hide, show, wait_until
from tests.e2e.screens import (
    conversation_with,
    expect_texts,
    expect_tick,
    expect_unread,
    message,
    open_live_thread,
    open_thread,
    sign_in,
    write,
)
from tests.e2e.servers import frozen, kill
from tests.factories import make_trainee, open_conversation, tokens_of
from tests.factories import write as write_history
from tests.system.people import Person
from tests.system.server import WebServer
from users.models import User

pytestmark = pytest.mark.complains(
    r"net::ERR_CONNECTION_REFUSED",
    r"net::ERR_CONTENT_LENGTH_MISMATCH",  # a file that was being loaded when the server was killed
    r"net::ERR_CONNECTION_RESET",
    r"net::ERR_EMPTY_RESPONSE",
    r"net::ERR_SOCKET_NOT_CONNECTED",
    r"net::ERR_INTERNET_DISCONNECTED",
    r"WebSocket connection",
)

NOON = datetime(2030, 2, 16, 12, tzinfo=UTC)


@pytest.fixture
def server(mortal_server: WebServer) -> WebServer:
    """The server that may be killed, instead of the shared one."""
    return mortal_server


@pytest.fixture
def thread(desk: Page, alice: User, conversation: Conversation) -> Page:
    """Bob's thread at Alice's desk."""
    return open_live_thread(desk, alice, conversation)


def test_killed_server_shows_reconnecting_and_missed_messages_arrive_in_order(
    thread: Page, server: WebServer, bob: User, conversation: Conversation
) -> None:
    kill(server)
    expect(thread.get_by_text("Reconnecting…")).to_be_visible()
    write_history(bob, conversation, "one", "two", "three")

    server.start()

    expect_texts(thread, ["Hello", "one", "two", "three"])
    expect(thread.get_by_text("Reconnecting…")).to_have_count(0)
    expect_tick(thread, "Hello", "Sent")
    write_history(bob, conversation, "four")
    expect_texts(thread, ["Hello", "one", "two", "three", "four"])


def test_interruption_whose_delay_ends_during_the_rendering_is_shown(thread: Page) -> None:
    thread.evaluate(
        """() => {
            const line = document.createElement("connection-line");
            Object.assign(line, { state: "reconnecting", since: 0 });
            const times = [1499.9, 1500.1]; // before the rendering, and after it
            performance.now = () => times.shift() ?? 1500.2;
            document.body.append(line);
        }"""
    )

    expect(thread.locator("body > connection-line")).to_have_text("Reconnecting…")


def test_only_messages_read_meanwhile_get_a_tick(
    thread: Page, server: WebServer, bob: User, conversation: Conversation
) -> None:
    write(thread, "Are you there?")
    expect_tick(thread, "Are you there?", "Sent")
    read = Person(server, tokens_of(bob))
    hello = conversation.messages.earliest("id")
    thread.context.set_offline(True)

    read.read(conversation.pk, up_to=hello.pk)
    thread.context.set_offline(False)

    expect_tick(thread, "Hello", "Read")
    expect_tick(thread, "Are you there?", "Sent")


def test_messages_sent_while_the_server_is_away_are_sent_when_it_is_back(
    thread: Page, server: WebServer, conversation: Conversation
) -> None:
    kill(server)
    write(thread, "one")
    write(thread, "two")
    expect_tick(thread, "two", "Sending")

    server.start()

    expect_tick(thread, "one", "Sent")
    expect_tick(thread, "two", "Sent")
    texts = [each.content for each in conversation.messages.order_by("id")]
    assert texts == ["Hello", "one", "two"]


def test_silent_outage_is_detected_and_missed_messages_arrive(
    thread: Page, server: WebServer, bob: User, conversation: Conversation
) -> None:
    """An open socket gets no error when the network fails; only an event of the device reports it."""
    thread.context.set_offline(True)
    expect(thread.get_by_text("You are offline")).to_be_visible()
    Person(server, tokens_of(bob)).send(conversation.pk, "in the meantime")

    thread.context.set_offline(False)

    expect_texts(thread, ["Hello", "in the meantime"])
    expect(thread.get_by_text("You are offline")).to_have_count(0)


def test_return_to_a_dead_socket_shows_it_and_loads_missed_messages(
    thread: Page, server: WebServer, bob: User, conversation: Conversation
) -> None:
    """The device slept: no event reported the lost connection, and the socket seems open."""
    hide(thread)
    with frozen(server):
        show(thread)
        expect(thread.get_by_text("Reconnecting…")).to_be_visible()
        write_history(bob, conversation, "in the meantime")

    expect_texts(thread, ["Hello", "in the meantime"])
    expect(thread.get_by_text("Reconnecting…")).to_have_count(0)


def test_list_and_badge_catch_up_too(
    desk: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    carol = make_trainee("carol", alice)
    other = open_conversation(alice, carol, "Welcome")
    sign_in(desk, alice)
    expect(conversation_with(desk, carol)).to_be_visible()
    kill(server)
    expect(desk.get_by_text("Reconnecting…")).to_be_visible()
    write_history(bob, conversation, "one")
    write_history(carol, other, "two", "three")

    server.start()

    expect_unread(desk, "3")
    expect(conversation_with(desk, carol)).to_contain_text("three")
    expect(conversation_with(desk, bob).locator(".badge")).to_contain_text("1")


def test_silent_connection_is_closed(
    desk: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    """A cut network causes no event: without a frame within 10 s of a ping, the socket is replaced."""
    desk.clock.install()
    passed: list[str] = []
    muted = {"is_on": False}

    def pass_on(route: WebSocketRoute) -> None:
        def deliver(frame: str | bytes) -> None:
            if not muted["is_on"]:
                route.send(frame)
                note_type(passed)(frame)

        route.connect_to_server().on_message(deliver)

    desk.route_web_socket("**/ws/messaging/*/**", pass_on)
    open_thread(desk, alice, conversation)
    wait_until(desk, lambda: "pong" in passed)
    muted["is_on"] = True
    Person(server, tokens_of(bob)).send(conversation.pk, "into the void")

    desk.clock.fast_forward(26_000)
    desk.clock.fast_forward(11_000)
    muted["is_on"] = False

    expect(message(desk, "into the void")).to_be_visible()


def test_message_overtaken_by_an_own_message_is_announced(
    desk: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    held: list[tuple[WebSocketRoute, str | bytes]] = []
    passed: list[str] = []
    is_holding = False

    def pass_on(route: WebSocketRoute) -> None:
        def deliver(frame: str | bytes) -> None:
            if is_holding:
                held.append((route, frame))
            else:
                route.send(frame)
                note_type(passed)(frame)

        route.connect_to_server().on_message(deliver)

    desk.route_web_socket("**/ws/messaging/*/**", pass_on)
    open_thread(desk, alice, conversation)
    # Messages that arrive before the pong belong to catching up, and are not announced.
    wait_until(desk, lambda: "pong" in passed)
    expect(desk.locator("message-announcer")).to_be_attached()
    is_holding = True
    Person(server, tokens_of(bob)).send(conversation.pk, "ten")
    write(desk, "eleven")
    expect_tick(desk, "eleven", "Sent")

    is_holding = False
    for route, frame in held:
        route.send(frame)

    expect_texts(desk, ["Hello", "ten", "eleven"])
    expect(desk.locator("message-announcer")).to_contain_text("ten")


def test_open_sockets_get_the_new_token(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    frames: list[str] = []
    desk.on("websocket", lambda socket: socket.on("framesent", note_type(frames)))
    desk.clock.install()
    open_live_thread(desk, alice, conversation)

    desk.clock.fast_forward(46 * 60 * 1000)

    # One from the thread's socket, and one from the inbox's socket.
    wait_until(desk, lambda: frames.count("authenticate") == 2)
    expect(desk.get_by_text("Reconnecting…")).to_have_count(0)


def note_type(frames: list[str]) -> Callable[[str | bytes], None]:
    return lambda payload: frames.append(json.loads(payload)["type"])


def test_thread_is_reloaded_when_too_much_was_missed(
    thread: Page, bob: User, conversation: Conversation
) -> None:
    thread.context.set_offline(True)
    expect(thread.get_by_text("You are offline")).to_be_visible()
    write_history(bob, conversation, *(f"missed {number}" for number in range(1, 502)))

    thread.context.set_offline(False)

    # A part of what was missed can be shown until the thread is reloaded.
    expect(message(thread, "Hello")).to_have_count(0)
    thread.locator(".newest-button").click()
    expect(message(thread, "missed 501")).to_be_visible()


def test_lost_connection_is_shown_after_1500_ms(
    desk: Page, server: WebServer, alice: User, conversation: Conversation
) -> None:
    sockets = Sockets(desk)
    desk.clock.install(time=NOON)
    open_thread(desk, alice, conversation)
    sockets.wait_until_live(2)
    desk.clock.pause_at(NOON + timedelta(minutes=2))
    kill(server)
    wait_until(desk, lambda: len(sockets.closed) == len(sockets.opened))

    desk.clock.run_for(1400)
    expect(desk.get_by_text("Reconnecting…")).to_have_count(0)
    desk.clock.run_for(200)

    expect(desk.get_by_text("Reconnecting…").first).to_be_visible()


def test_hidden_page_does_not_reconnect_until_it_is_visible(
    desk: Page, server: WebServer, alice: User, conversation: Conversation
) -> None:
    sockets = Sockets(desk)
    desk.clock.install()
    open_thread(desk, alice, conversation)
    sockets.wait_until_live(2)
    hide(desk)
    kill(server)
    wait_until(desk, lambda: len(sockets.closed) == len(sockets.opened))
    count = len(sockets.opened)

    desk.clock.fast_forward(5 * 60 * 1000)
    server.start()
    assert len(sockets.opened) == count
    show(desk)

    wait_until(desk, lambda: len(sockets.opened) > count)
    expect(desk.get_by_text("Reconnecting…")).to_have_count(0)
