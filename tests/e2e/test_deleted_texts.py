"""What a device keeps of a deleted message, and does not show any more."""

import pytest
from playwright.sync_api import Page, expect

from messaging.models import Conversation, Message
from tests.e2e.devices import OpenDevice, Sockets, wait_for_worker, wait_until
from tests.e2e.full_browser import browser, context_pool  # noqa: F401 - fixtures
from tests.e2e.photos import expect_shown, open_viewer, picture, send_photos, viewer
from tests.e2e.push import deliver_push
from tests.e2e.screens import (
    composer,
    conversations,
    message,
    messages,
    open_thread,
    path_of,
)
from tests.factories import tokens_of, write
from tests.system.people import Person
from tests.system.server import WebServer
from users.models import User

pytestmark = pytest.mark.complains(
    r"ERR_INTERNET_DISCONNECTED",
    r"ERR_FAILED",
    r"WebSocket",
    r"status of 404",
    r"Push API in incognito",
)
# Records each text that the page has had, also for a moment.
RECORD = """
    const note = () => seen.add(document.body?.textContent ?? "");
    window.seen = new Set();
    new MutationObserver(note).observe(document, { subtree: true, childList: true, characterData: true });
"""
HAS_SEEN = "text => [...seen].some(each => each.includes(text))"
CACHED = """async id => {
    const [{ name }] = await indexedDB.databases();
    const open = indexedDB.open(name);
    await new Promise(done => (open.onsuccess = done));
    const get = open.result.transaction("threads").objectStore("threads").get(id);
    await new Promise(done => (get.onsuccess = done));
    open.result.close();
    return get.result?.messages.map(({ content }) => content) ?? [];
}"""
PICTURES = """caches.open("pictures").then(cache => cache.keys())
    .then(all => all.map(({ url }) => url).filter(url => url.includes("/media/photos/")))"""


def delete(server: WebServer, sender: User, message_id: int) -> None:
    """Delete a message as another device of its sender does."""
    conversation_id = Message.objects.get(pk=message_id).conversation_id
    path = f"messaging/conversations/{conversation_id}/messages/{message_id}/"
    assert Person(server, tokens_of(sender)).http.delete(path).status_code == 204


def test_text_deleted_while_the_thread_was_closed_is_not_shown_for_a_moment(
    desk: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    secret, _ = write(bob, conversation, "To the wrong person", "See you")
    open_thread(desk, alice, conversation)
    sockets = Sockets(desk)
    desk.goto("/trainees")
    wait_until(desk, lambda: "To the wrong person" in desk.evaluate(CACHED, conversation.pk))
    sockets.wait_until_live(1)

    delete(server, bob, secret.pk)

    wait_until(desk, lambda: "To the wrong person" not in desk.evaluate(CACHED, conversation.pk))
    desk.add_init_script(RECORD)
    desk.goto("/messages")
    conversations(desk).first.click()
    expect(message(desk, "See you")).to_be_visible()
    expect(desk.get_by_text("This message was deleted")).to_be_visible()
    assert desk.evaluate(HAS_SEEN, "See you")
    assert not desk.evaluate(HAS_SEEN, "To the wrong person")


@pytest.mark.service_worker
def test_deleted_photo_leaves_the_viewer_and_the_cache(
    open_device: OpenDevice, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    sent = send_photos(server, bob, conversation, picture())
    page = open_device()
    open_thread(page, alice, conversation)
    wait_for_worker(page)
    page.reload()
    expect_shown(page, 1)
    open_viewer(page)
    url = sent["attachments"][0]["urls"]["large"]
    wait_until(page, lambda: url in page.evaluate(PICTURES))

    delete(server, bob, sent["id"])

    expect(viewer(page)).to_have_count(0)
    expect(page.locator(".photo")).to_have_count(0)
    wait_until(page, lambda: page.evaluate(PICTURES) == [])
    assert page.evaluate("url => fetch(url).then(({ status }) => status)", url) == 404


@pytest.mark.service_worker
def test_push_that_knows_a_deletion_removes_the_cached_text(
    open_device: OpenDevice, alice: User, bob: User, conversation: Conversation
) -> None:
    write(bob, conversation, "To the wrong person")
    page = open_device(permissions=["notifications"])
    open_thread(page, alice, conversation)
    wait_for_worker(page)
    page.goto("/settings")
    wait_until(page, lambda: "To the wrong person" in page.evaluate(CACHED, conversation.pk))
    page.context.set_offline(True)

    deliver_push(page, conversation, "Bob Tester", "Sorry", deleted_version=10_000)

    wait_until(page, lambda: page.evaluate(CACHED, conversation.pk) == [])
    page.goto(path_of(conversation))
    expect(composer(page)).to_be_visible()
    expect(messages(page)).to_have_count(0)
