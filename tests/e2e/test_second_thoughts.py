"""Replies, reactions, edits and deletions, by mouse, keys and long press, on both sides."""

import pytest
from playwright.sync_api import Locator, Page, expect

from messaging.models import Conversation, Message
from messaging.services.sending import send_message
from tests.e2e.devices import Hold, enlarge_text, stop_time, wait_for_listener, wait_until
from tests.e2e.screens import (
    composer,
    log,
    message,
    messages,
    open_live_thread,
    open_thread,
    path_of,
    write,
)
from tests.factories import tokens_of
from tests.factories import write as write_history
from tests.system.people import Person
from tests.system.server import WebServer
from trainer.services.trainees import remove_trainee
from users.models import User

DELETED = "This message was deleted"


def open_menu(page: Page, row: Locator) -> None:
    """Open the menu of a message by its button, which appears under the mouse."""
    wait_for_actions(page)
    row.locator(".bubble").hover()
    row.get_by_role("button", name="Message actions").click()
    expect(page.get_by_role("menu")).to_be_visible()


def wait_for_actions(page: Page) -> None:
    """Wait until the page has loaded what opens the menu, after its first screen."""
    wait_for_listener(page, "edit-last")


def choose(page: Page, row: Locator, name: str) -> None:
    open_menu(page, row)
    page.get_by_role("menuitem", name=name, exact=True).click()


def edit(page: Page, old: str, new: str) -> None:
    choose(page, message(page, old), "Edit")
    expect(composer(page)).to_have_value(old)
    composer(page).fill(new)
    page.get_by_role("button", name="Save").click()


def reply_to(sender: User, conversation: Conversation, message_id: int) -> None:
    send_message(
        sender=sender, conversation_id=conversation.pk, content="Answer", reply_to=message_id
    )


def reaction(page: Page, text: str, name: str) -> Locator:
    return message(page, text).get_by_role("button", name=name)


def is_stored(content: str) -> bool:
    return Message.objects.filter(content=content).exists()


@pytest.mark.complains(r"ERR_INTERNET_DISCONNECTED", r"WebSocket")
def test_edit_is_seen_at_once_and_after_a_reconnect(
    desk: Page, phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    open_live_thread(phone, bob, conversation)
    open_live_thread(desk, alice, conversation)

    edit(desk, "Hello", "Hello Bob")

    expect(message(phone, "Hello Bob")).to_contain_text("(edited)")
    expect(message(desk, "Hello Bob")).to_contain_text("(edited)")
    expect(composer(desk)).to_have_value("")
    phone.context.set_offline(True)
    edit(desk, "Hello Bob", "Good morning")
    wait_until(desk, lambda: is_stored("Good morning"))
    phone.context.set_offline(False)
    expect(message(phone, "Good morning")).to_be_visible()
    expect(messages(phone)).to_have_count(1)


@pytest.mark.complains(r"ERR_INTERNET_DISCONNECTED", r"WebSocket")
def test_deletion_is_seen_at_once_and_after_a_reconnect(
    desk: Page, phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    write_history(alice, conversation, "wrong person", "wrong again")
    open_live_thread(phone, bob, conversation)
    open_live_thread(desk, alice, conversation)

    held = Hold(desk, "**/messages/*/")
    choose(desk, message(desk, "wrong person"), "Delete")
    expect(desk.get_by_text("wrong person")).to_have_count(0)
    expect(message(phone, "wrong person")).to_be_visible()
    held.release()

    expect(phone.get_by_text(DELETED)).to_have_count(1)
    expect(desk.locator(".history").get_by_text(DELETED)).to_have_count(1)
    phone.context.set_offline(True)
    choose(desk, message(desk, "wrong again"), "Delete")
    wait_until(desk, lambda: not is_stored("wrong again"))
    phone.context.set_offline(False)
    expect(phone.locator(".history").get_by_text(DELETED)).to_have_count(2)
    expect(phone.get_by_text("wrong")).to_have_count(0)


def test_answer_that_is_being_written_survives_a_reload(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    choose(desk, message(desk, "Hello"), "Reply")
    composer(desk).fill("Half an answer")
    quote = desk.locator("message-composer .composer-quote")
    expect(quote).to_contain_text("Hello")

    desk.reload()

    expect(composer(desk)).to_have_value("Half an answer")
    expect(quote).to_contain_text("Hello")
    composer(desk).press("Enter")
    answer = message(desk, "Half an answer")
    expect(answer.locator(".quote")).to_contain_text("Hello")
    expect(quote).to_have_count(0)
    wait_until(desk, lambda: Message.objects.filter(reply_to__isnull=False).exists())
    desk.reload()
    expect(answer).to_be_visible()
    expect(quote).to_have_count(0)


def test_changes_of_the_other_person_are_announced_once(
    desk: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    first, second = write_history(bob, conversation, "See you at seven", "Wrong person")
    open_live_thread(desk, alice, conversation)
    wait_for_actions(desk)
    expect(desk.locator("message-announcer")).to_be_attached()
    said = desk.locator("message-announcer p")
    path = f"messaging/conversations/{conversation.pk}/messages"
    http = Person(server, tokens_of(bob)).http

    http.patch(f"{path}/{first.pk}/", json={"content": "See you at eight"})
    expect(said).to_have_text(["Bob Tester edited a message: See you at eight"])
    hello = conversation.messages.get(content="Hello")
    http.put(f"{path}/{hello.pk}/reactions/👍/")
    expect(said).to_have_count(2)
    expect(said.last).to_have_text("Bob Tester reacted with 👍 to: Hello")
    http.delete(f"{path}/{hello.pk}/reactions/👍/")
    http.delete(f"{path}/{first.pk}/")
    http.delete(f"{path}/{second.pk}/")
    deleted = "Bob Tester deleted a message."
    expect(said).to_have_text(["Bob Tester reacted with 👍 to: Hello", deleted, deleted])


def test_undo_brings_a_deleted_message_back(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    deletions: list[str] = []
    desk.on("request", lambda each: deletions.append(each.url) if each.method == "DELETE" else None)
    open_thread_and_stop_time(desk, alice, conversation)
    choose(desk, message(desk, "Hello"), "Delete")
    expect(desk.get_by_text("Deleting…")).to_be_visible()

    desk.get_by_role("button", name="Undo").click()

    expect(message(desk, "Hello")).to_be_visible()
    expect(desk.get_by_role("button", name="Undo")).to_have_count(0)
    desk.clock.run_for(6_000)
    expect(message(desk, "Hello")).to_be_visible()
    assert deletions == []
    assert is_stored("Hello")


def open_thread_and_stop_time(page: Page, person: User, conversation: Conversation) -> None:
    """Open a conversation in which a deletion can be undone for as long as the test takes."""
    page.clock.install()
    open_thread(page, person, conversation)
    wait_for_actions(page)
    stop_time(page)


def test_each_of_two_deletions_can_be_undone(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    write_history(alice, conversation, "second")
    open_thread_and_stop_time(desk, alice, conversation)
    choose(desk, message(desk, "Hello"), "Delete")
    choose(desk, message(desk, "second"), "Delete")
    expect(desk.get_by_role("button", name="Undo")).to_have_count(2)

    open_menu(desk, messages(desk).first)
    expect(desk.get_by_role("menuitem")).to_have_text(["Undo"])
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="Undo").last.click()

    expect(message(desk, "Hello")).to_be_visible()
    expect(message(desk, "second")).to_be_visible()
    expect(desk.get_by_role("button", name="Undo")).to_have_count(0)


def test_who_leaves_the_conversation_deletes_at_once(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    choose(desk, message(desk, "Hello"), "Delete")

    desk.get_by_role("link", name="Trainees").click()

    wait_until(desk, lambda: not is_stored("Hello"))
    expect(desk.get_by_role("button", name="Undo")).to_have_count(0)


def test_deletion_survives_that_the_page_is_closed(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    choose(desk, message(desk, "Hello"), "Delete")

    desk.goto("about:blank")

    wait_until(desk, lambda: not is_stored("Hello"))


def test_reply_quotes_a_message_and_leads_to_it(
    desk: Page, phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    open_live_thread(phone, bob, conversation)
    open_live_thread(desk, alice, conversation)
    choose(desk, message(desk, "Hello"), "Reply")
    expect(composer(desk)).to_be_focused()
    expect(composer(desk)).to_have_accessible_description("You Hello")

    write(desk, "And again")

    for page, author in ((desk, "You"), (phone, "Alice Tester")):
        expect(message(page, "And again").locator(".quote")).to_have_text(f"{author} Hello")
    wait_for_actions(phone)
    message(phone, "And again").locator(".quote").tap()
    expect(message(phone, "Hello")).to_be_in_viewport()
    choose(desk, message(desk, "Hello"), "Delete")
    expect(message(phone, "And again").locator(".quote")).to_contain_text(DELETED)


def test_reactions_are_shown_on_both_sides_and_toggled(
    desk: Page, phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    open_live_thread(phone, bob, conversation)
    open_live_thread(desk, alice, conversation)
    open_menu(desk, message(desk, "Hello"))

    desk.get_by_role("menuitemcheckbox", name="👍").click()

    expect(reaction(desk, "Hello", "👍 by You")).to_have_attribute("aria-pressed", "true")
    expect(reaction(phone, "Hello", "👍 by Alice Tester")).to_have_attribute(
        "aria-pressed", "false"
    )
    wait_for_actions(phone)
    reaction(phone, "Hello", "👍").tap()
    expect(reaction(desk, "Hello", "👍 2 by You, Bob Tester")).to_contain_text("2")
    reaction(desk, "Hello", "👍").click()
    expect(reaction(phone, "Hello", "👍 by You")).to_have_attribute("aria-pressed", "true")


def test_picker_offers_more_emoji(desk: Page, alice: User, conversation: Conversation) -> None:
    open_thread(desk, alice, conversation)
    choose(desk, message(desk, "Hello"), "More emoji")
    picker = desk.get_by_role("dialog", name="React")
    expect(picker.get_by_role("button", name="😀")).to_be_focused()

    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("Enter")

    expect(picker).to_have_count(0)
    expect(reaction(desk, "Hello", "😃 by You")).to_be_visible()


def test_picker_is_closed_by_its_button_and_returns_the_focus(
    phone: Page, alice: User, conversation: Conversation
) -> None:
    open_thread(phone, alice, conversation)
    wait_for_actions(phone)
    log(phone).focus()
    phone.keyboard.press("ArrowUp")
    phone.keyboard.press("Enter")
    expect(phone.locator(".menu-excerpt")).to_have_text("Hello")

    phone.get_by_role("menuitem", name="More emoji").tap()
    phone.get_by_role("dialog", name="React").get_by_role("button", name="Close").tap()

    expect(phone.get_by_role("dialog")).to_have_count(0)
    expect(message(phone, "Hello")).to_be_focused()


def test_quote_of_a_long_text_shows_that_it_is_cut(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    sent = write_history(bob, conversation, f"{'x' * 99} y", "short")
    for each in sent:
        reply_to(alice, conversation, each.pk)

    open_thread(desk, alice, conversation)

    expect(desk.locator(".quote-text")).to_have_text([f"{'x' * 99}…", "short"])


def test_keys_move_through_messages_and_their_menu(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    write_history(alice, conversation, "second")
    open_thread(desk, alice, conversation)
    wait_for_actions(desk)
    log(desk).focus()

    desk.keyboard.press("ArrowUp")
    expect(message(desk, "second")).to_be_focused()
    desk.keyboard.press("ArrowUp")
    expect(message(desk, "Hello")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("menuitemcheckbox", name="👍")).to_be_focused()
    desk.keyboard.press("End")
    expect(desk.get_by_role("menuitem", name="Delete")).to_be_focused()
    desk.keyboard.press("Escape")
    expect(message(desk, "Hello")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("menuitemcheckbox", name="👍")).to_be_focused()
    desk.keyboard.press("i")
    expect(desk.get_by_role("menuitem", name="Info")).to_be_focused()
    desk.keyboard.press("Enter")
    info = desk.get_by_role("dialog", name="Message info")
    expect(info).to_contain_text("Not read yet")
    desk.keyboard.press("Escape")
    expect(info).to_have_count(0)
    expect(message(desk, "Hello")).to_be_focused()
    desk.keyboard.press("Escape")
    expect(composer(desk)).to_be_focused()


def test_arrow_up_in_an_empty_box_edits_and_escape_brings_the_draft_back(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    wait_for_actions(desk)
    composer(desk).press("ArrowUp")
    expect(composer(desk)).to_have_value("Hello")
    desk.keyboard.press("Escape")
    expect(composer(desk)).to_have_value("")
    composer(desk).fill("a draft")

    choose(desk, message(desk, "Hello"), "Edit")
    expect(composer(desk)).to_have_value("Hello")
    desk.keyboard.press("Escape")

    expect(composer(desk)).to_have_value("a draft")
    expect(message(desk, "Hello")).not_to_contain_text("(edited)")


def test_double_click_on_save_does_not_send_the_draft(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    composer(desk).fill("a draft")
    choose(desk, message(desk, "Hello"), "Edit")
    composer(desk).fill("Hello Bob")

    desk.get_by_role("button", name="Save").dblclick()

    wait_until(desk, lambda: is_stored("Hello Bob"))
    expect(composer(desk)).to_have_value("a draft")
    expect(messages(desk)).to_have_count(1)


@pytest.mark.complains(r"ERR_FAILED")
def test_menu_does_not_open_while_a_deletion_waits_for_the_network(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    desk.route("**/messages/*/", lambda route: route.abort())
    with desk.expect_event("requestfailed", lambda request: request.method == "DELETE"):
        choose(desk, message(desk, "Hello"), "Delete")
    expect(desk.get_by_role("button", name="Undo")).to_have_count(0)

    messages(desk).first.locator(".bubble").hover()
    desk.get_by_role("button", name="Message actions").click()

    expect(desk.get_by_text("Deleting…")).to_be_visible()
    expect(desk.get_by_role("menu")).to_have_count(0)


def test_long_press_opens_the_menu_on_a_phone(
    phone: Page, bob: User, conversation: Conversation
) -> None:
    open_thread(phone, bob, conversation)
    wait_for_actions(phone)
    box = message(phone, "Hello").locator(".bubble").bounding_box()
    assert box is not None
    finger = phone.context.new_cdp_session(phone)
    point = {"x": box["x"] + 20, "y": box["y"] + 15}

    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    expect(phone.get_by_role("menu")).to_be_visible()
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    # Another person's message cannot be changed.
    entries = phone.get_by_role("menuitem")
    expect(entries).to_have_text(["", "Reply", "Copy", "Info"])
    phone.get_by_role("menuitem", name="Reply").tap()
    expect(phone.locator(".composer-mode")).to_contain_text("Alice Tester")


@pytest.mark.complains(r"status of 403")
def test_refused_edit_comes_back_with_the_reason(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    body = {"detail": "Too late.", "error": "Too late.", "code": "edit_window_over"}
    desk.route(
        "**/messages/*/",
        lambda route: (
            route.fulfill(status=403, json=body)
            if route.request.method == "PATCH"
            else route.fallback()
        ),
    )
    open_thread(desk, alice, conversation)

    edit(desk, "Hello", "Hullo")

    expect(message(desk, "Hello")).to_be_visible()
    expect(desk.get_by_text("A message can be edited for 15 minutes")).to_be_visible()
    expect(desk.get_by_role("button", name="Copy your text")).to_be_visible()


@pytest.mark.complains(r"ERR_INTERNET_DISCONNECTED", r"WebSocket")
def test_edit_made_offline_is_sent_by_the_next_page(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    open_live_thread(desk, alice, conversation)
    wait_for_actions(desk)
    desk.context.set_offline(True)
    edit(desk, "Hello", "Hello, from offline")
    expect(message(desk, "Hello, from offline").locator(".tick")).to_have_accessible_name("Sending")
    desk.goto("about:blank")
    desk.context.set_offline(False)

    desk.goto(path_of(conversation))

    expect(message(desk, "Hello, from offline")).to_be_visible()
    wait_until(desk, lambda: is_stored("Hello, from offline"))


def test_archived_conversation_offers_no_changes(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    remove_trainee(trainer=alice, trainee_id=bob.pk)
    open_thread(desk, alice, conversation)

    open_menu(desk, message(desk, "Hello"))

    expect(desk.get_by_role("menuitem")).to_have_text(["Copy", "Info"])


def test_menu_fits_a_phone_with_large_text(
    phone: Page, alice: User, conversation: Conversation
) -> None:
    open_thread(phone, alice, conversation)
    wait_for_actions(phone)
    enlarge_text(phone)
    log(phone).focus()
    phone.keyboard.press("ArrowUp")
    phone.keyboard.press("Enter")

    expect(phone.get_by_role("menuitem", name="More emoji")).to_be_in_viewport(ratio=1)
    expect(phone.locator(".message-menu")).to_be_in_viewport(ratio=1)


def test_few_emoji_are_large(desk: Page, alice: User, conversation: Conversation) -> None:
    write_history(alice, conversation, "👍🏽 🇩🇪", "👍👍👍👍")

    open_thread(desk, alice, conversation)

    expect(desk.locator(".bubble-text")).to_have_count(3)
    sizes = desk.locator(".bubble-text").evaluate_all(
        "all => all.map(each => parseFloat(getComputedStyle(each).fontSize))"
    )
    assert sizes[1] > 2 * sizes[0]
    assert sizes[2] == sizes[0]
