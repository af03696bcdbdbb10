"""Notifications: pushed or shown by a hidden page, and closed when the messages are read."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from messaging.models import Conversation
from tests.e2e.devices import Hold, OpenDevice, Sockets, hide, wait_for_worker, wait_until
from tests.e2e.full_browser import browser, context_pool  # noqa: F401 - fixtures
from tests.e2e.push import deliver_push
from tests.e2e.screens import expect_unread, message, open_thread, path_of, sign_in
from tests.factories import make_trainee, open_conversation, tokens_of, write
from tests.system.people import Person
from tests.system.server import WebServer
from users.models import User

pytestmark = [
    pytest.mark.service_worker,
    pytest.mark.complains(r"WebSocket connection"),
    # Chromium itself complains about profiles that are not stored.
    pytest.mark.complains(r"does not support the Push API in incognito mode"),
]


def test_push_shows_a_notification_that_opens_the_conversation(
    open_device: OpenDevice, alice: User, bob: User, conversation: Conversation
) -> None:
    # A page closes notifications of conversations without unread messages once it is connected.
    write(bob, conversation, "Are you there?")
    page = open_device(permissions=["notifications"])
    sign_in(page, alice, "/settings")
    wait_for_worker(page)

    deliver_push(page, conversation, "Bob Tester", "Are you there?")

    expect_notifications(page, 1)
    (shown,) = page.evaluate(SHOWN)
    assert shown == {
        "title": "Bob Tester",
        "body": "Are you there?",
        "path": path_of(conversation),
    }
    click_notification(page, conversation)
    expect(message(page, "Hello")).to_be_visible()


def test_click_focuses_a_window_of_the_client_and_no_other(
    open_device: OpenDevice, alice: User, bob: User, conversation: Conversation
) -> None:
    page = open_device()
    sign_in(page, alice, "/settings")
    wait_for_worker(page)
    look = page.context.new_page()
    look.goto(f"/trainees/{bob.pk}")
    look.get_by_role("button", name="View as trainee").click()
    expect(look.get_by_text("You are viewing as")).to_be_visible()
    look.goto("/settings")
    docs = page.context.new_page()
    docs.goto("/healthz")

    click_notification(page, conversation)

    expect(message(page, "Hello")).to_be_visible()
    expect(look).to_have_url(re.compile("/settings$"))


def click_notification(page: Page, conversation: Conversation) -> None:
    worker = page.context.service_workers[0]
    worker.evaluate(
        """path => dispatchEvent(Object.assign(new ExtendableEvent("notificationclick"), {
            notification: { close() {}, data: { path } },
        }))""",
        path_of(conversation),
    )


def test_push_is_silent_while_the_conversation_is_focused(
    open_device: OpenDevice, alice: User, bob: User, conversation: Conversation
) -> None:
    other = make_unread("carol", alice)
    page = open_device(permissions=["notifications"])
    open_thread(page, alice, conversation)
    wait_for_worker(page)

    deliver_push(page, conversation, "Bob Tester", "Are you there?")
    deliver_push(page, other, "Carol Tester", "And you?")

    expect_notifications(page, 1)
    assert [each["title"] for each in page.evaluate(SHOWN)] == ["Carol Tester"]


def test_notification_closes_when_the_message_is_read_elsewhere(
    open_device: OpenDevice, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    Person(server, tokens_of(bob)).send(conversation.pk, "Are you there?")
    page = open_device(permissions=["notifications"])
    sign_in(page, alice, "/settings")
    wait_for_worker(page)
    expect(page.get_by_role("switch")).to_be_checked()
    expect_unread(page, "1")
    deliver_push(page, conversation, "Bob Tester", "Are you there?")
    expect_notifications(page, 1)

    Person(server, tokens_of(alice)).read(conversation.pk)

    expect_notifications(page, 0)


@pytest.mark.complains(r"net::ERR_INTERNET_DISCONNECTED")
def test_notification_closes_when_the_message_was_read_elsewhere_during_an_outage(
    open_device: OpenDevice, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    """On reconnecting, the badge arrives first, and the state of the conversation later."""
    Person(server, tokens_of(bob)).send(conversation.pk, "Are you there?")
    page = open_device(permissions=["notifications"])
    sign_in(page, alice, "/settings")
    wait_for_worker(page)
    expect(page.get_by_role("switch")).to_be_checked()
    expect_unread(page, "1")
    deliver_push(page, conversation, "Bob Tester", "Are you there?")
    expect_notifications(page, 1)
    page.context.set_offline(True)
    wait_until(page, lambda: not page.evaluate("navigator.onLine"))
    Person(server, tokens_of(alice)).read(conversation.pk)

    page.context.set_offline(False)

    expect_notifications(page, 0)


@pytest.mark.parametrize("path", ["/messages", "/settings"])
def test_notification_of_what_was_read_while_no_page_was_open_closes_when_one_opens(
    open_device: OpenDevice,
    server: WebServer,
    alice: User,
    bob: User,
    conversation: Conversation,
    path: str,
) -> None:
    unread = make_unread("carol", alice)
    page = open_quiet_settings(open_device, alice)
    deliver_push(page, conversation, "Bob Tester", "Are you there?")
    deliver_push(page, unread, "Carol Tester", "And you?")
    expect_notifications(page, 2)
    page.close()
    # The list on this device has never seen the message as unread.
    Person(server, tokens_of(bob)).send(conversation.pk, "Are you there?")
    Person(server, tokens_of(alice)).read(conversation.pk)

    again = page.context.new_page()
    again.goto(path)

    expect_notifications(again, 1)
    assert [each["title"] for each in again.evaluate(SHOWN)] == ["Carol Tester"]


def test_notification_that_replaces_another_while_that_is_checked_stays(
    open_device: OpenDevice, alice: User, conversation: Conversation
) -> None:
    """A device that gets its network back gets pushed messages while its page connects."""
    other = open_conversation(alice, make_trainee("carol", alice))
    page = open_quiet_settings(open_device, alice)
    deliver_push(page, conversation, "Bob Tester", "Are you there?")
    deliver_push(page, other, "Carol Tester", "Are you there?")
    expect_notifications(page, 2)
    page.close()
    again = page.context.new_page()
    hold = Hold(again, CONVERSATION)
    with again.expect_request(CONVERSATION) as asked:
        again.goto("/settings")
    checked = conversation if f"/{conversation.pk}/" in asked.value.url else other
    deliver_push(again, checked, "Somebody", "Still there?")
    wait_until(again, lambda: "Still there?" in [each["body"] for each in again.evaluate(SHOWN)])

    hold.answer(json={"unread_count": 0, "deleted_version": 0})

    # The other one has been read too, and is checked after it.
    wait_until(again, lambda: [each["body"] for each in again.evaluate(SHOWN)] == ["Still there?"])


CONVERSATION = re.compile(r"/messaging/conversations/\d+/$")


def test_hidden_page_shows_notifications_without_a_push_service(
    open_device: OpenDevice, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    page = open_device(permissions=["notifications"])
    sockets = Sockets(page)
    sign_in(page, alice, "/settings")
    wait_for_worker(page)
    expect(page.get_by_role("switch")).to_be_checked()
    sockets.wait_until_live(1)
    hide(page)

    Person(server, tokens_of(bob)).send(conversation.pk, "Are you there?")

    expect_notifications(page, 1)
    (shown,) = page.evaluate(SHOWN)
    assert (shown["title"], shown["body"]) == ("Bob Tester", "Are you there?")


def test_switch_explains_why_it_cannot_be_turned_on(open_device: OpenDevice, alice: User) -> None:
    page = open_device()
    page.add_init_script("Object.defineProperty(Notification, 'permission', { value: 'denied' })")

    sign_in(page, alice, "/settings")

    expect(page.get_by_role("switch")).to_be_disabled()
    expect(page.get_by_text("Notifications are blocked")).to_be_visible()


def test_subscription_is_registered_and_removed_on_sign_out(
    open_device: OpenDevice, alice: User
) -> None:
    page = open_device(permissions=["notifications"])
    page.add_init_script(STUB_PUSH)

    sign_in(page, alice, "/settings")

    expect(page.get_by_role("switch")).to_be_checked()
    endpoint = "https://push.example.com/a-browser"
    expect_tokens(page, alice, [endpoint])
    # The subscription is registered by now; the sign-out must not overlap its registration.
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect_tokens(page, alice, [])


def test_push_closes_what_was_read_before_it_was_composed(
    open_device: OpenDevice, alice: User, bob: User, conversation: Conversation
) -> None:
    # All have unread messages; otherwise this page would close their notifications once it is connected.
    write(bob, conversation, "Hello")
    names = ("Read", "Unread", "Later", "Old release")
    others = [make_unread(f"trainee{number}", alice) for number in range(len(names))]
    page = open_device(permissions=["notifications"])
    sign_in(page, alice, "/settings")
    wait_for_worker(page)
    times = ["2026-02-16T12:00:00.000000Z", "2026-02-16T12:30:00.000000Z"]
    for other, name in zip(others, names, strict=True):
        at = None if name == "Old release" else times[name == "Later"]
        deliver_push(page, other, name, "Hello", composed_at=at)
    expect_notifications(page, 4)

    unread = [conversation.pk, others[1].pk]
    deliver_push(
        page,
        conversation,
        "Bob Tester",
        "Hello",
        composed_at="2026-02-16T12:29:59.999999Z",
        unread_conversations=unread,
    )

    expect_titles(page, {"Bob Tester", "Later", "Old release", "Unread"})
    deliver_push(page, conversation, "Bob Tester", "Again", unread_conversations=None)
    expect_titles(page, {"Bob Tester", "Later", "Old release", "Unread"})


def open_quiet_settings(open_device: OpenDevice, person: User) -> Page:
    """Open the settings, and wait until the page has closed what was read before it was connected."""
    page = open_device(permissions=["notifications"])
    sockets = Sockets(page)
    sign_in(page, person, "/settings")
    wait_for_worker(page)
    expect(page.get_by_role("switch")).to_be_checked()
    sockets.wait_until_live(1)
    page.wait_for_load_state("networkidle")
    return page


def make_unread(name: str, trainer: User) -> Conversation:
    """Return the conversation with a new trainee whose message the trainer has not read."""
    trainee = make_trainee(name, trainer)
    conversation = open_conversation(trainer, trainee, "Welcome")
    write(trainee, conversation, "And you?")
    return conversation


def expect_titles(page: Page, titles: set[str]) -> None:
    """Wait until the notifications with exactly these titles are shown."""
    wait_until(page, lambda: {each["title"] for each in page.evaluate(SHOWN)} == titles)


def expect_tokens(page: Page, person: User, endpoints: list[str]) -> None:
    """Wait until the server has exactly these push endpoints of a person."""

    def holds() -> bool:
        rows = person.device_tokens.filter(platform="web")
        return [json.loads(each.token)["endpoint"] for each in rows] == endpoints

    wait_until(page, holds)


def expect_notifications(page: Page, count: int) -> None:
    """Wait until this many notifications of the site are shown."""
    wait_until(page, lambda: len(page.evaluate(SHOWN)) == count)


SHOWN = """navigator.serviceWorker.ready
    .then(registration => registration.getNotifications())
    .then(all => all.map(({ title, body, data }) => ({ title, body, path: data.path })))"""

# This Chromium has no push service, so only the service is replaced; the rest is the product's code.
STUB_PUSH = """
    const keys = {
        p256dh: "BCbvzr0O6eNKZpGH4Ys6kSKy9zOUW2Scyfn5Ien52tgSkCOL3pzHuzMNFQxncE3SWucFUgV0S28xv0BwdFhy0OY",
        auth: "c2l4dGVlbi1ieXRlcy1vaw",
    };
    const subscription = {
        endpoint: "https://push.example.com/a-browser",
        options: { applicationServerKey: new ArrayBuffer(0) },
        toJSON: () => ({ endpoint: subscription.endpoint, keys }),
        unsubscribe: async () => { delete sessionStorage.isSubscribed; return true; },
    };
    PushManager.prototype.getSubscription = async () =>
        sessionStorage.isSubscribed ? subscription : null;
    PushManager.prototype.subscribe = async () => {
        sessionStorage.isSubscribed = "yes";
        return subscription;
    };
"""
