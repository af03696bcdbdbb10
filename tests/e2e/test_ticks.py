"""✓✓ means that the other person's client really showed the message, and nothing else."""

from playwright.sync_api import Page, expect

from messaging.models import Conversation
from tests.e2e.devices import Hold, OpenDevice, cover, hide, show
from tests.e2e.screens import (
    conversation_with,
    expect_tick,
    expect_unread,
    message,
    messages,
    open_thread,
    path_of,
    sign_in,
    write,
)
from tests.factories import make_trainee, open_conversation, tokens_of
from tests.factories import write as write_history
from tests.live.people import Person
from tests.live.server import WebServer
from users.models import User


def test_message_is_pending_until_it_is_stored(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    hold = Hold(desk, "**/send/")

    write(desk, "Squats at six?")

    expect_tick(desk, "Squats at six?", "Sending")
    hold.let_go()
    expect_tick(desk, "Squats at six?", "Sent")


def test_own_reading_on_another_device_turns_no_tick(
    desk: Page, phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    write_history(bob, conversation, "from Bob")
    open_thread(desk, alice, conversation)
    write(desk, "from Alice")
    expect_tick(desk, "from Alice", "Sent")

    open_thread(phone, alice, conversation)
    write(phone, "from her phone")

    expect(message(desk, "from her phone")).to_be_visible()
    for page in (desk, phone):
        for text in ("Hello", "from Alice", "from her phone"):
            expect_tick(page, text, "Sent")


def test_reload_and_echo_turn_no_tick(
    desk: Page, server: WebServer, alice: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    Person(server, tokens_of(alice)).send(conversation.pk, "from elsewhere")
    expect_tick(desk, "from elsewhere", "Sent")

    desk.reload()

    expect_tick(desk, "from elsewhere", "Sent")
    expect_tick(desk, "Hello", "Sent")


def test_message_in_the_list_only_is_not_read(
    desk: Page, phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    sign_in(phone, bob, "/settings")
    open_thread(desk, alice, conversation)

    write(desk, "Are you there?")

    expect_unread(phone, "2")
    expect_tick(desk, "Are you there?", "Sent")
    assert unread_of(conversation, alice) == 2


def test_hidden_page_reads_nothing_until_somebody_looks(
    desk: Page, phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    open_thread(phone, bob, conversation)
    open_thread(desk, alice, conversation)
    expect_tick(desk, "Hello", "Read")
    hide(phone)

    write(desk, "Are you there?")
    expect(message(phone, "Are you there?")).to_be_visible()
    expect_unread(phone, "1")
    expect_tick(desk, "Are you there?", "Sent")
    show(phone)

    expect_tick(desk, "Are you there?", "Read")
    expect_unread(phone, None)


def test_page_without_the_focus_reads_nothing(
    desk: Page, open_device: OpenDevice, alice: User, bob: User, conversation: Conversation
) -> None:
    his = open_device()
    open_thread(his, bob, conversation)
    open_thread(desk, alice, conversation)
    expect_tick(desk, "Hello", "Read")
    cover(his)

    write(desk, "Are you there?")

    expect(message(his, "Are you there?")).to_be_visible()
    expect_unread(his, "1")
    expect_tick(desk, "Are you there?", "Sent")
    his.bring_to_front()
    expect_tick(desk, "Are you there?", "Read")


def test_only_what_was_on_the_screen_is_read(
    phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    write_history(alice, conversation, *(f"exercise {n}\n\n\n\n" for n in range(30)))

    open_thread(phone, bob, conversation)

    expect(messages(phone).filter(has_text="Hello")).to_be_in_viewport()
    expect_unread_rows(conversation, alice, at_most=30, at_least=15)
    phone.get_by_role("log").evaluate("log => log.scrollTo(0, 0)")
    expect_unread(phone, None)
    expect_unread_rows(conversation, alice, at_most=0, at_least=0)


def test_message_arriving_in_an_open_thread_is_read(
    desk: Page, phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    open_thread(phone, bob, conversation)
    open_thread(desk, alice, conversation)

    write(desk, "Are you there?")

    expect_tick(desk, "Are you there?", "Read")
    expect_unread(phone, None)


def test_reading_one_conversation_reads_no_other(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    carol = make_trainee("carol", alice)
    other = open_conversation(alice, carol)
    write_history(bob, conversation, "from Bob")
    write_history(carol, other, "from Carol")

    open_thread(desk, alice, other)

    expect_unread(desk, "1")
    expect(conversation_with(desk, bob).locator(".badge")).to_contain_text("1")
    desk.goto(path_of(conversation))
    expect_unread(desk, None)


def unread_of(conversation: Conversation, sender: User) -> int:
    return conversation.messages.filter(sender=sender, read_at=None).count()


def expect_unread_rows(
    conversation: Conversation, sender: User, *, at_most: int, at_least: int
) -> None:
    assert at_least <= unread_of(conversation, sender) <= at_most
