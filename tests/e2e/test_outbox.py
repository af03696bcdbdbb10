"""Sent text is never lost, never sent twice, and its state is always shown."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from messaging.models import Conversation, Message
from tests.e2e.devices import OpenDevice, wait_until
from tests.e2e.screens import (
    composer,
    conversation_with,
    expect_texts,
    expect_tick,
    fill_sign_in,
    message,
    messages,
    navigation,
    open_thread,
    path_of,
    sign_in,
    write,
)
from trainer.services.trainees import remove_trainee
from users.models import User

pytestmark = pytest.mark.complains(
    r"net::ERR_INTERNET_DISCONNECTED", r"net::ERR_FAILED", r"status of 403", r"WebSocket connection"
)


@pytest.fixture
def thread(desk: Page, bob: User, conversation: Conversation) -> Page:
    """The thread with Alice, at Bob's desk."""
    return open_thread(desk, bob, conversation)


def texts_of(conversation: Conversation) -> list[str]:
    return [each.content for each in conversation.messages.order_by("id")]


def test_offline_messages_wait_and_are_sent_once_in_order(
    thread: Page, conversation: Conversation
) -> None:
    thread.context.set_offline(True)
    for text in ("one", "two", "three"):
        write(thread, text)
        expect_tick(thread, text, "Sending")
    expect(thread.get_by_text("You are offline")).to_be_visible()

    thread.context.set_offline(False)

    for text in ("one", "two", "three"):
        expect_tick(thread, text, "Sent")
    expect_texts(thread, ["Hello", "one", "two", "three"])
    assert texts_of(conversation) == ["Hello", "one", "two", "three"]


@pytest.mark.service_worker
def test_outbox_survives_a_reload_without_a_network(
    thread: Page, conversation: Conversation
) -> None:
    thread.evaluate("navigator.serviceWorker.ready.then(() => true)")
    thread.context.set_offline(True)
    write(thread, "written in a tunnel")
    expect_tick(thread, "written in a tunnel", "Sending")

    thread.reload()

    expect_tick(thread, "written in a tunnel", "Sending")
    expect(message(thread, "Hello")).to_be_visible()
    thread.context.set_offline(False)
    expect_tick(thread, "written in a tunnel", "Sent")
    assert texts_of(conversation) == ["Hello", "written in a tunnel"]


def test_thread_is_cached_as_soon_as_it_is_shown(
    open_device: OpenDevice, alice: User, bob: User, conversation: Conversation
) -> None:
    """A page may be left or killed before any timer fires."""
    page = open_device()
    page.clock.install()
    sign_in(page, alice)
    expect(conversation_with(page, bob)).to_be_visible()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))

    conversation_with(page, bob).click()
    # No frame is painted while the clock is stopped.
    expect(message(page, "Hello")).to_be_attached()

    wait_until(page, lambda: kept_threads(page, alice) == [conversation.pk])


def test_outbox_survives_closing_the_page_and_is_sent_by_the_next(
    thread: Page, conversation: Conversation
) -> None:
    context = thread.context
    context.set_offline(True)
    write(thread, "before the crash")
    expect_tick(thread, "before the crash", "Sending")
    thread.close()
    context.set_offline(False)

    again = context.new_page()
    again.goto("/settings")

    expect(navigation(again)).to_be_visible()
    again.get_by_role("link", name="Messages").click()
    expect_tick(again, "before the crash", "Sent")
    assert texts_of(conversation) == ["Hello", "before the crash"]


def test_first_message_to_a_trainee_waits_in_the_outbox_too(
    desk: Page, alice: User, bob: User
) -> None:
    sign_in(desk, alice, f"/messages?trainee={bob.pk}")
    expect(composer(desk)).to_be_visible()
    desk.context.set_offline(True)
    write(desk, "Welcome, Bob!")
    write(desk, "Squats at six?")
    expect_tick(desk, "Squats at six?", "Sending")

    desk.context.set_offline(False)

    expect_tick(desk, "Welcome, Bob!", "Sent")
    expect_tick(desk, "Squats at six?", "Sent")
    conversation = Conversation.objects.get()
    assert texts_of(conversation) == ["Welcome, Bob!", "Squats at six?"]
    expect(desk).to_have_url(path_of(conversation))


def test_two_tabs_send_once(thread: Page, conversation: Conversation) -> None:
    other = thread.context.new_page()
    other.goto(path_of(conversation))
    expect(message(other, "Hello")).to_be_visible()
    thread.context.set_offline(True)
    write(thread, "from the first tab")
    expect_tick(other, "from the first tab", "Sending")
    write(other, "from the second tab")
    expect_tick(thread, "from the second tab", "Sending")

    thread.context.set_offline(False)

    for page in (thread, other):
        expect_tick(page, "from the first tab", "Sent")
        expect_tick(page, "from the second tab", "Sent")
    assert texts_of(conversation) == ["Hello", "from the first tab", "from the second tab"]


def test_lost_response_causes_no_duplicate(thread: Page, conversation: Conversation) -> None:
    answers = []

    def lose_the_first_answer(route: Route) -> None:
        answers.append(route.fetch())
        if len(answers) == 1:
            route.abort()
        else:
            route.fulfill(response=answers[-1])

    block_frames(thread)
    thread.route("**/send/", lose_the_first_answer)
    thread.reload()
    expect(message(thread, "Hello")).to_be_visible()
    write(thread, "once only")

    expect_tick(thread, "once only", "Sent")
    expect(messages(thread)).to_have_count(2)
    assert [answer.status for answer in answers] == [201, 200]
    assert Message.objects.filter(content="once only").count() == 1


def block_frames(page: Page) -> None:
    """Block frames and polling, so that only the response to a send can tell the page of the message."""
    page.route_web_socket("**/ws/**", lambda socket: None)
    page.route("**/messages/?*since=*", lambda route: None)


def test_delivered_message_is_never_shown_as_failed(thread: Page) -> None:
    """The response never arrives, but the socket delivers the message."""

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    thread.route("**/send/", lose_the_answer)
    write(thread, "arrived all the same")

    expect_tick(thread, "arrived all the same", "Sent")
    expect(messages(thread)).to_have_count(2)
    thread.reload()
    expect_tick(thread, "arrived all the same", "Sent")
    expect(messages(thread)).to_have_count(2)


def test_refused_message_says_why_and_offers_a_retry(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    desk.context.set_offline(True)
    write(desk, "too late")
    bob.delete()

    desk.context.set_offline(False)

    expect_tick(desk, "too late", "Not sent")
    row = message(desk, "too late")
    expect(row.get_by_role("button", name="Retry")).to_be_visible()
    expect(row).to_contain_text("deleted")


def test_failed_message_is_sent_once_by_a_retry(
    thread: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    refusal = {"detail": "Your gym is closed today.", "code": "closed"}
    thread.route("**/send/", lambda route: route.fulfill(status=403, json=refusal))
    write(thread, "again, please")
    expect_tick(thread, "again, please", "Not sent")
    expect(message(thread, "again, please")).to_contain_text("Your gym is closed today.")
    write(thread, "held up by nobody")
    thread.unroute("**/send/")

    message(thread, "again, please").get_by_role("button", name="Retry").click()

    expect_tick(thread, "again, please", "Sent")
    assert Message.objects.filter(content="again, please").count() == 1


def test_failed_message_can_be_deleted(thread: Page, conversation: Conversation) -> None:
    refusal = {"detail": "Your gym is closed today.", "code": "closed"}
    thread.route("**/send/", lambda route: route.fulfill(status=403, json=refusal))
    write(thread, "never mind")
    expect_tick(thread, "never mind", "Not sent")

    message(thread, "never mind").get_by_role("button", name="Delete").click()

    expect(messages(thread)).to_have_count(1)
    thread.unroute("**/send/")
    thread.reload()
    write(thread, "something else")
    expect_tick(thread, "something else", "Sent")
    expect_texts(thread, ["Hello", "something else"])


def test_message_written_offline_to_a_trainee_removed_meanwhile_is_not_lost(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    desk.context.set_offline(True)
    write(desk, "too late")
    remove_trainee(trainer=alice, trainee_id=bob.pk)

    desk.context.set_offline(False)

    expect(desk.locator(".thread-title").get_by_text("Removed")).to_be_visible()
    expect_tick(desk, "too late", "Not sent")
    expect(composer(desk)).to_have_count(0)


@pytest.mark.service_worker
def test_next_user_of_the_device_neither_sees_nor_sends_queued_messages(
    thread: Page, alice: User, conversation: Conversation
) -> None:
    # The service worker has every screen from the second load on.
    thread.evaluate("navigator.serviceWorker.ready.then(() => null)")
    thread.reload()
    expect(message(thread, "Hello")).to_be_visible()
    thread.context.set_offline(True)
    write(thread, "of Bob alone")
    expect_tick(thread, "of Bob alone", "Sending")
    navigation(thread).get_by_role("link", name="Settings").click()
    thread.get_by_role("button", name="Sign out", exact=True).click()
    expect(thread.get_by_text("1 message hasn’t been sent.")).to_be_visible()
    thread.get_by_role("button", name="Sign out and delete").click()
    expect(thread.get_by_role("button", name="Sign in")).to_be_visible()
    thread.context.set_offline(False)

    fill_sign_in(thread, alice)
    thread.get_by_role("link", name="Bob Tester").click()

    expect(message(thread, "Hello")).to_be_visible()
    write(thread, "from Alice")
    expect_tick(thread, "from Alice", "Sent")
    expect(messages(thread)).to_have_count(2)
    assert texts_of(conversation) == ["Hello", "from Alice"]


def test_device_that_was_away_for_days_sends_when_it_is_opened(
    open_device: OpenDevice, bob: User, conversation: Conversation
) -> None:
    page = open_thread(open_device(), bob, conversation)
    page.context.set_offline(True)
    write(page, "written on Monday")
    expect_tick(page, "written on Monday", "Sending")
    context = page.context
    page.close()

    context.clock.install()
    context.clock.fast_forward(3 * 24 * 60 * 60 * 1000)
    context.set_offline(False)
    later = context.new_page()
    later.goto(path_of(conversation))

    expect_tick(later, "written on Monday", "Sent")
    assert texts_of(conversation) == ["Hello", "written on Monday"]


def test_entry_discarded_in_another_tab_is_not_restored(
    thread: Page, bob: User, conversation: Conversation
) -> None:
    """A tab learns of another tab's change a moment later, so it still has the discarded entry."""
    attempts: list[Route] = []

    def refuse(route: Route) -> None:
        attempts.append(route)
        route.abort()

    thread.route("**/send/", refuse)
    write(thread, "taken out elsewhere")
    wait_until(thread, lambda: bool(attempts))
    assert change_outbox(thread, bob, "clear") == 0
    count = len(attempts)

    wait_until(thread, lambda: len(attempts) >= count + 2)

    assert change_outbox(thread, bob) == 0


def kept_threads(page: Page, person: User) -> list[int]:
    """Return the conversations whose messages the device stores."""
    script = """(name) => new Promise((resolve) => {
        const opening = indexedDB.open(name);
        opening.onsuccess = ({ target }) => {
            const rows = target.result.transaction("threads").objectStore("threads");
            rows.getAllKeys().onsuccess = (event) => {
                target.result.close();
                resolve(event.target.result);
            };
        };
    })"""
    kept: list[int] = page.evaluate(script, f"messaging-{person.pk}")
    return kept


def change_outbox(page: Page, person: User, act: str = "count") -> int:
    """Change the stored outbox without the page's knowledge; return the number of entries left."""
    script = """([name, act]) => new Promise((resolve) => {
        const opening = indexedDB.open(name);
        opening.onsuccess = ({ target }) => {
            const rows = target.result.transaction("outbox", "readwrite").objectStore("outbox");
            rows[act]();
            rows.count().onsuccess = (event) => {
                target.result.close();
                resolve(event.target.result);
            };
        };
    })"""
    count: int = page.evaluate(script, [f"messaging-{person.pk}", act])
    return count


@pytest.mark.complains(r"status of 404")
def test_message_to_a_trainer_who_removed_the_sender_fails_with_its_reason(
    thread: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    again = close_offline(thread, "too late")
    remove_trainee(trainer=alice, trainee_id=bob.pk)

    again.goto(path_of(conversation))
    expect_tick(again, "too late", "Not sent")
    again.reload()

    expect_tick(again, "too late", "Not sent")
    expect(message(again, "too late")).to_contain_text("This conversation has ended")
    expect(composer(again)).to_have_count(0)


def close_offline(page: Page, text: str) -> Page:
    """Write without a network, close the page, and return a new page with a network."""
    page.context.set_offline(True)
    write(page, text)
    expect_tick(page, text, "Sending")
    # A closed page can live for a moment, and would send the message when the network is there.
    page.goto("about:blank")
    page.close()
    page.context.set_offline(False)
    return page.context.new_page()


def test_first_message_is_shown_while_its_trainee_cannot_be_loaded(
    desk: Page, alice: User, bob: User
) -> None:
    sign_in(desk, alice, f"/messages?trainee={bob.pk}")
    expect(composer(desk)).to_be_visible()
    again = close_offline(desk, "Welcome, Bob!")
    for path in ("**/trainer/trainees/*/", "**/conversations/start/"):
        again.route(path, lambda route: route.abort())

    again.goto(f"/messages?trainee={bob.pk}")

    expect_tick(again, "Welcome, Bob!", "Sending")
    expect(composer(again)).to_be_visible()


@pytest.mark.complains(r"status of 404")
def test_first_message_to_a_former_trainee_fails_with_its_reason(
    desk: Page, alice: User, bob: User
) -> None:
    sign_in(desk, alice, f"/messages?trainee={bob.pk}")
    expect(composer(desk)).to_be_visible()
    again = close_offline(desk, "Welcome, Bob!")
    remove_trainee(trainer=alice, trainee_id=bob.pk)

    again.goto(f"/messages?trainee={bob.pk}")

    expect_tick(again, "Welcome, Bob!", "Not sent")
    expect(composer(again)).to_have_count(0)


def test_list_shows_unsent_messages(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    refusal = {"detail": "Your gym is closed today.", "code": "closed"}
    desk.route("**/send/", lambda route: route.fulfill(status=403, json=refusal))
    open_thread(desk, alice, conversation)
    write(desk, "not today")
    expect_tick(desk, "not today", "Not sent")

    navigation(desk).get_by_role("link", name="Messages").click()

    row = conversation_with(desk, bob)
    expect(row.get_by_role("img", name="Not sent")).to_be_visible()
