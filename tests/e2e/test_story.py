"""The whole story of a trainer at a desk and a trainee with a phone."""

import pytest
from playwright.sync_api import Page, expect

from messaging.models import Conversation
from tests.e2e.devices import OpenDevice
from tests.e2e.screens import (
    composer,
    conversation_with,
    expect_texts,
    expect_tick,
    expect_unread,
    fill_sign_in,
    message,
    messages,
    open_thread,
    path_of,
    sign_in,
    sign_in_by_form,
    write,
)
from tests.factories import make_trainee
from tests.factories import write as write_history
from users.models import User


def test_from_sign_in_to_read_ticks(desk: Page, phone: Page, alice: User, bob: User) -> None:
    sign_in_by_form(phone, bob)
    expect(phone.get_by_text("Messages from your trainer will appear here.")).to_be_visible()
    sign_in_by_form(desk, alice, "/trainees")

    desk.get_by_role("link", name="Message Bob Tester").click()
    write(desk, "Welcome, Bob!\nSquats at six?")

    expect(message(phone, "Welcome, Bob!\nSquats at six?")).to_be_visible()
    expect_tick(desk, "Welcome, Bob!\nSquats at six?", "Read")
    write(phone, "I will be there.")
    expect(message(desk, "I will be there.")).to_be_visible()
    expect_tick(phone, "I will be there.", "Read")
    conversation = Conversation.objects.get()
    assert (conversation.trainer, conversation.trainee) == (alice, bob)
    expect(desk).to_have_url(path_of(conversation))
    expect_unread(desk, None)


def test_message_button_of_a_trainee_opens_the_thread(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    sign_in(desk, alice, "/trainees")
    desk.get_by_role("link", name="Bob Tester", exact=True).click()

    desk.get_by_role("link", name="Message Bob Tester").click()

    expect(message(desk, "Hello")).to_be_visible()
    expect(desk).to_have_url(path_of(conversation))


def test_link_to_a_trainee_opens_the_existing_conversation(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    sign_in(desk, alice, f"/messages?trainee={bob.pk}")

    expect(message(desk, "Hello")).to_be_visible()
    expect(desk).to_have_url(path_of(conversation))


def test_link_to_a_trainee_without_a_conversation_opens_a_new_message(
    desk: Page, alice: User, bob: User
) -> None:
    sign_in(desk, alice, f"/messages?trainee={bob.pk}")

    expect(desk.get_by_role("heading", name="Bob Tester")).to_be_visible()
    expect(composer(desk)).to_be_focused()
    expect(messages(desk)).to_have_count(0)


def test_trainee_starts_in_the_only_conversation(
    phone: Page, bob: User, conversation: Conversation
) -> None:
    sign_in(phone, bob)

    expect(message(phone, "Hello")).to_be_visible()
    expect(phone).to_have_url(path_of(conversation))


@pytest.mark.complains(r"/api/auth/jwt/refresh/")
def test_link_to_a_conversation_survives_the_sign_in(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    desk.goto(path_of(conversation))

    fill_sign_in(desk, alice)

    expect(message(desk, "Hello")).to_be_visible()
    expect(desk).to_have_url(path_of(conversation))


def test_back_goes_to_the_list_on_a_phone(
    phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    sign_in(phone, alice)
    conversation_with(phone, bob).click()
    expect(message(phone, "Hello")).to_be_visible()

    phone.get_by_role("button", name="Back").click()

    expect(conversation_with(phone, bob)).to_be_visible()
    expect(messages(phone)).to_have_count(0)


def test_browser_back_button_retraces_the_steps(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    carol = make_trainee("carol", alice)
    sign_in(desk, alice, path_of(conversation))
    desk.get_by_role("link", name="Trainees").click()
    desk.get_by_role("link", name="Carol Tester", exact=True).click()
    expect(desk).to_have_url(f"/trainees/{carol.pk}")

    desk.go_back()
    expect(desk).to_have_url("/trainees")
    desk.go_back()

    expect(message(desk, "Hello")).to_be_visible()


def test_messages_are_shown_in_the_order_in_which_they_were_written(
    phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    write_history(alice, conversation, "first", "second", "third")

    open_thread(phone, bob, conversation)

    expect_texts(phone, ["Hello", "first", "second", "third"])
    write(phone, "fourth")
    expect_texts(phone, ["Hello", "first", "second", "third", "fourth"])


def test_admin_is_sent_to_the_admin(open_device: OpenDevice, alice: User) -> None:
    ada = User.objects.create_superuser("ada@example.com", "correct-horse-battery-1")
    page = open_device()

    sign_in(page, ada)

    assert page.get_by_role("link", name="Admin").get_attribute("href") == "/admin/"
