"""Modules that are not part of the first load come when the network lets them."""

import re
from base64 import b64encode

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from messaging.models import Conversation
from tests.e2e.devices import Hold, wait_until
from tests.e2e.photos import chosen_photos, picture
from tests.e2e.screens import composer, message, open_live_thread, write
from users.models import User

LATE = re.compile(r"/bundles/(?:soon|rest|later)[.\w]*\.js")
# The browser fires these events when a network is lost and found.
RECONNECT = "dispatchEvent(new Event('online'))"
# Returns whether the zone is shown.
DRAG = """async box => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["no picture"], "squat.txt", { type: "text/plain" }));
    const init = { dataTransfer, bubbles: true, cancelable: true };
    box.dispatchEvent(new DragEvent("dragover", init));
    await new Promise(requestAnimationFrame);
    return Boolean(document.querySelector(".drop-zone"));
}"""
# Returns the events that the page has taken; the browser would open a file whose drop nobody takes.
DROP = """(target, encoded) => {
    const bytes = Uint8Array.from(atob(encoded), letter => letter.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], "squat.jpg", { type: "image/jpeg" }));
    const init = { dataTransfer, bubbles: true, cancelable: true };
    return ["dragover", "drop"].filter(type => !target.dispatchEvent(new DragEvent(type, init)));
}"""


@pytest.mark.complains(r"net::ERR_FAILED")
def test_modules_that_could_not_be_loaded_come_when_the_network_returns(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    refused: list[str] = []

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        route.abort()

    desk.route(LATE, refuse)
    open_live_thread(desk, alice, conversation)
    write(desk, "See https://example.com/squat")
    mine = message(desk, "See https://example.com/squat")
    expect(mine).to_be_visible()
    wait_until(desk, lambda: len(set(refused)) == 3)
    mine.locator(".message-more").dispatch_event("click")
    expect(desk.get_by_role("menu")).to_have_count(0)
    expect(desk.get_by_role("link", name="https://example.com/squat", exact=True)).to_have_count(0)
    expect(desk.locator(".drop-zone")).to_have_count(0)

    desk.unroute(LATE)
    desk.evaluate(RECONNECT)

    expect(desk.get_by_role("link", name="https://example.com/squat", exact=True)).to_be_visible()
    expect(desk.locator("message-announcer")).to_have_count(1)
    wait_until(desk, lambda: bool(composer(desk).evaluate(DRAG)))
    wait_until(desk, lambda: opens_menu(desk, mine))


def test_photo_that_is_dropped_before_the_zone_is_loaded_is_attached(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    late = Hold(desk, LATE)
    open_live_thread(desk, alice, conversation)

    taken = desk.locator("body").evaluate(DROP, b64encode(picture()).decode())

    assert taken == ["dragover", "drop"]
    late.wait()
    late.release()
    expect(chosen_photos(desk)).to_have_count(1)


def opens_menu(page: Page, row: Locator) -> bool:
    row.locator(".message-more").dispatch_event("click")
    return page.get_by_role("menu").is_visible()
