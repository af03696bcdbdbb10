"""A trainee is removed while both people have the conversation open."""

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from messaging.models import Conversation
from messaging.services.archiving import archive_conversations
from tests.e2e.screens import (
    composer,
    conversations,
    expect_tick,
    expect_unread,
    message,
    navigation,
    open_live_thread,
    open_thread,
    path_of,
    sign_in,
)
from tests.factories import write as write_history
from trainer.services.trainees import remove_trainee
from users.models import User

pytestmark = pytest.mark.complains(r"status of 40[34]")


def test_removal_requires_typing_the_name(desk: Page, alice: User, bob: User) -> None:
    sign_in(desk, alice, f"/trainees/{bob.pk}")
    desk.get_by_role("button", name="Remove trainee").click()
    dialog = desk.get_by_role("dialog", name="Remove Bob Tester?")

    dialog.get_by_label("Type “Bob Tester” to confirm").fill("Bob")
    dialog.get_by_role("button", name="Remove trainee").click()
    expect(dialog.get_by_text("Please type “Bob Tester”.")).to_be_visible()
    bob.refresh_from_db()
    assert bob.parent_trainer == alice

    dialog.get_by_label("Type “Bob Tester” to confirm").fill("Bob Tester")
    dialog.get_by_role("button", name="Remove trainee").click()

    expect(desk.get_by_text("No trainees")).to_be_visible()
    bob.refresh_from_db()
    assert bob.parent_trainer is None


@pytest.mark.parametrize(
    ("first_name", "last_name", "typed"),
    [
        ("Sin\u00e9ad", "O\u2019Brien", "sinead o'brien"),
        ("Anna\u2011Maria", "Smith\u2013Jones", "Anna-Maria Smith-Jones"),
        ("Zo\u00eb\u00a0Ann", "\u200dLee\u00ad\ufeff", "Zoe Ann Lee"),
        ("\u200fNoa\u2069", "Le\u200cvi", "noa  levi "),
        ("\u0141ukasz", "Stra\u00dfe", "Lukasz Strasse"),
        ("Max \U0001f4aa\U0001f3fd", "\u201cM\u201d", 'Max "M"'),
        ("\uff2d\uff41\uff58", "\ufb01t", "Max fit"),
    ],
)
def test_name_can_be_typed_without_special_characters(
    desk: Page, alice: User, bob: User, first_name: str, last_name: str, typed: str
) -> None:
    rename(bob, first_name, last_name)
    dialog = open_removal(desk, alice, bob)

    dialog.get_by_label("to confirm").fill("Somebody Else")
    dialog.get_by_role("button", name="Remove trainee").click()
    expect(dialog.get_by_text("Please type")).to_be_visible()
    dialog.get_by_label("to confirm").fill(typed)
    dialog.get_by_role("button", name="Remove trainee").click()

    expect(desk.get_by_text("No trainees")).to_be_visible()
    bob.refresh_from_db()
    assert bob.parent_trainer is None


@pytest.mark.parametrize(
    ("first_name", "asked"),
    [
        ("\U0001f4aa\U0001f3fd", "Type “bob@example.com” to confirm"),
        ("\u200b\u2060\u3164", "Type “bob@example.com” to confirm"),
        ("\u674e\u96f7", "Type “\u674e\u96f7” to confirm"),
    ],
    ids=["emoji", "invisible", "another script"],
)
def test_address_can_be_typed_instead_of_a_name(
    desk: Page, alice: User, bob: User, first_name: str, asked: str
) -> None:
    rename(bob, first_name, "")
    dialog = open_removal(desk, alice, bob)

    dialog.get_by_label(asked).fill("")
    dialog.get_by_role("button", name="Remove trainee").click()
    expect(dialog).to_be_visible()
    dialog.get_by_label(asked).fill("Bob@Example.com")
    dialog.get_by_role("button", name="Remove trainee").click()

    expect(desk.get_by_text("No trainees")).to_be_visible()
    bob.refresh_from_db()
    assert bob.parent_trainer is None


def test_name_in_another_script_offers_the_address(desk: Page, alice: User, bob: User) -> None:
    rename(bob, "\u674e\u96f7", "")

    dialog = open_removal(desk, alice, bob)

    expect(
        dialog.get_by_text("If you can’t type that, type “bob@example.com” instead.")
    ).to_be_visible()


def rename(person: User, first_name: str, last_name: str) -> None:
    person.first_name, person.last_name = first_name, last_name
    person.save()


def open_removal(page: Page, trainer: User, trainee: User) -> Locator:
    sign_in(page, trainer, f"/trainees/{trainee.pk}")
    page.get_by_role("button", name="Remove trainee").click()
    return page.get_by_role("dialog")


def test_removed_trainees_open_page_says_so_and_closes_the_composer(
    phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    open_thread(phone, bob, conversation)
    composer(phone).fill("a draft")

    remove_trainee(trainer=alice, trainee_id=bob.pk)

    expect(phone.get_by_text("This conversation has ended.")).to_be_visible()
    expect(composer(phone)).to_have_count(0)
    phone.goto("/messages")
    expect(phone.get_by_text("No trainer at the moment")).to_be_visible()
    expect(phone.get_by_text("Messages from your trainer")).to_have_count(0)
    expect(conversations(phone)).to_have_count(0)
    phone.goto(path_of(conversation))
    expect(phone.get_by_text("It has ended, or you don’t have access")).to_be_visible()
    expect(phone.get_by_text("Hello")).to_have_count(0)


def test_trainee_at_the_list_learns_that_there_is_no_trainer(
    phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    open_live_thread(phone, bob, conversation)
    navigation(phone).get_by_role("link", name="Settings").click()
    expect(phone.get_by_role("heading", name="Settings")).to_be_visible()

    with phone.expect_response("**/api/auth/users/me/"):
        remove_trainee(trainer=alice, trainee_id=bob.pk)
    navigation(phone).get_by_role("link", name="Messages").click()

    expect(phone.get_by_text("No trainer at the moment")).to_be_visible()


def expect_removed(page: Page) -> None:
    title = page.locator(".thread-title")
    expect(title.get_by_role("heading")).to_have_text("Bob Tester")
    expect(title.locator(".tag")).to_have_text("Removed")


def test_trainers_open_thread_becomes_read_only(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)

    remove_trainee(trainer=alice, trainee_id=bob.pk)

    expect_removed(desk)
    expect(composer(desk)).to_have_count(0)
    expect(message(desk, "Hello")).to_be_visible()
    expect(conversations(desk)).to_have_count(0)


def test_archive_lists_the_conversation_and_opens_it_read_only(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    write_history(bob, conversation, "Good bye")
    remove_trainee(trainer=alice, trainee_id=bob.pk)
    sign_in(desk, alice)
    expect(desk.get_by_text("No conversations")).to_be_visible()
    expect_unread(desk, None)

    desk.get_by_role("link", name="Archived").click()
    row = desk.get_by_role("list", name="Archived conversations").get_by_role("link")
    expect(row.locator(".conversation-name")).to_have_text("Bob Tester")
    expect(row.locator(".tag")).to_have_text("Removed")
    row.click()

    expect_removed(desk)
    expect(desk).to_have_title("Bob Tester · Messaging")
    expect(desk.get_by_text("You no longer work with this trainee")).to_be_visible()
    expect(message(desk, "Good bye")).to_be_visible()
    expect_tick(desk, "Hello", "Sent")
    expect(composer(desk)).to_have_count(0)
    expect(desk).to_have_url(f"/messages/archived/{conversation.pk}")


def test_archive_shows_a_removed_trainee_as_of_then(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    write_history(bob, conversation, "Good bye")
    remove_trainee(trainer=alice, trainee_id=bob.pk)
    rename(User.objects.get(pk=bob.pk), "Robert", "Newname")

    sign_in(desk, alice, f"/messages/archived/{conversation.pk}")

    expect_removed(desk)
    row = desk.get_by_role("list", name="Archived conversations").get_by_role("link")
    expect(row.locator(".conversation-name")).to_have_text("Bob Tester")
    expect(desk.get_by_text("Newname")).to_have_count(0)


def test_conversation_archived_by_support_can_be_reopened(
    desk: Page, phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)
    archive_conversations(Conversation.objects.all())
    expect(desk.locator(".thread-title .tag")).to_have_text("Archived")
    sign_in(phone, bob)
    expect(phone.get_by_text("Messages from your trainer will appear here.")).to_be_visible()
    desk.goto("/messages/archived")
    row = desk.get_by_role("list", name="Archived conversations").get_by_role("link")
    expect(row.locator(".tag")).to_have_text("Archived")

    row.click()
    expect(desk.get_by_text("You no longer work with this trainee")).to_have_count(0)
    note = desk.get_by_text("This conversation is archived. Write a message to reopen it.")
    note.get_by_role("link", name="Write a message").click()
    composer(desk).fill("Hello again")
    composer(desk).press("Enter")

    expect(message(phone, "Hello again")).to_be_visible()
    expect(desk).to_have_url(path_of(conversation))
    expect(desk.locator(".thread-title .tag")).to_have_count(0)


def test_trainee_who_returns_sees_the_conversation_again(
    phone: Page, desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    remove_trainee(trainer=alice, trainee_id=bob.pk)
    sign_in(phone, bob)
    expect(phone.get_by_text("No trainer at the moment")).to_be_visible()
    bob.refresh_from_db()
    bob.parent_trainer = alice
    bob.save()

    sign_in(desk, alice, f"/messages?trainee={bob.pk}")
    composer(desk).fill("Welcome back!")
    composer(desk).press("Enter")

    expect(message(phone, "Welcome back!")).to_be_visible()
    expect(message(phone, "Hello")).to_be_visible()
    expect_tick(desk, "Welcome back!", "Read")


def test_account_that_loads_after_the_list_corrects_its_hint(
    phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    """The device still remembers the trainer."""
    remove_trainee(trainer=alice, trainee_id=bob.pk)

    def answer_later(route: Route) -> None:
        expect(phone.get_by_text("Messages from your trainer will appear here.")).to_be_visible()
        route.continue_()

    phone.route("**/api/auth/users/me/", answer_later)
    sign_in(phone, bob)

    expect(phone.get_by_text("No trainer at the moment")).to_be_visible()


def test_deleted_account_is_shown_and_breaks_no_list(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    write_history(bob, conversation, "from Bob")
    bob.delete()

    sign_in(desk, alice, path_of(conversation))

    expect(message(desk, "from Bob")).to_be_visible()
    expect(composer(desk)).to_have_count(0)
    expect(navigation(desk)).to_be_visible()
