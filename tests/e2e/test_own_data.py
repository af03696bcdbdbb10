"""People download their data, and delete their account, in the settings."""

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from pytest_django.plugin import DjangoDbBlocker

from messaging.models import Conversation, Message
from tests.e2e.devices import OpenDevice, wait_until
from tests.e2e.screens import composer, message, navigation, open_thread, path_of, sign_in
from tests.e2e.servers import make_server
from tests.factories import PASSWORD
from tests.factories import write as write_history
from tests.system.server import WebServer
from users.models import User

# When an account is deleted, its sockets close, and the page tries to refresh its token.
pytestmark = pytest.mark.complains(r"status of 401")


@pytest.fixture(scope="module")
def working_server(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, static_root: Path
) -> Iterator[WebServer]:
    with django_db_blocker.unblock(), make_server(static_root, JOBS_IN_WEB="1") as server:
        yield server


@pytest.fixture
def server(working_server: WebServer, transactional_db: None) -> WebServer:
    """A server that runs jobs."""
    return working_server


def open_deletion(page: Page) -> Locator:
    page.get_by_role("button", name="Delete account").click()
    dialog = page.get_by_role("dialog", name="Delete your account?")
    expect(dialog.get_by_label("Keep them without your name")).to_be_checked()
    return dialog


def submit(dialog: Locator, password: str = PASSWORD) -> None:
    dialog.get_by_label("Password", exact=True).fill(password)
    dialog.get_by_role("button", name="Delete account").click()


def test_trainee_deletes_the_account_and_is_signed_out(
    phone: Page, desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    write_history(bob, conversation, "from Bob")
    open_thread(phone, bob, conversation)
    phone.goto("/settings")
    dialog = open_deletion(phone)
    expect(dialog.get_by_text("Your trainees")).to_have_count(0)

    submit(dialog)

    expect(phone.get_by_text("Your account has been deleted.")).to_be_visible()
    expect(phone).to_have_url("/sign-in")
    wait_until(phone, lambda: phone.evaluate("localStorage.getItem('me')") is None)
    wait_until(phone, lambda: phone.evaluate("indexedDB.databases()") == [])
    wait_until(phone, lambda: not User.objects.filter(pk=bob.pk).exists())
    assert Message.objects.get(sender=None).content == "from Bob"
    open_thread(desk, alice, conversation)
    expect(message(desk, "from Bob")).to_be_visible()
    expect(desk.get_by_role("heading", name="Deleted account")).to_be_visible()


def test_trainer_is_told_about_the_trainees_and_can_remove_the_texts(
    desk: Page, phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    open_thread(phone, bob, conversation)
    sign_in(desk, alice, "/settings")
    dialog = open_deletion(desk)
    expect(dialog.get_by_text("Your trainees keep their accounts")).to_be_visible()

    dialog.get_by_label("Delete their text").check()
    submit(dialog)

    expect(desk.get_by_text("Your account has been deleted.")).to_be_visible()
    expect(phone.locator(".bubble-deleted")).to_have_text("This message was deleted")
    phone.reload()
    expect(phone.get_by_text("This account was deleted, so you can’t reply.")).to_be_visible()
    expect(composer(phone)).to_have_count(0)


@pytest.mark.complains("status of 400")
def test_wrong_or_missing_password_deletes_nothing(desk: Page, alice: User) -> None:
    sign_in(desk, alice, "/settings")
    dialog = open_deletion(desk)

    dialog.get_by_role("button", name="Delete account").click()
    expect(dialog.get_by_text("Please fill in this field.")).to_be_visible()
    submit(dialog, "wrong")
    expect(dialog.get_by_text("This is not your current password.")).to_be_visible()
    expect(dialog.get_by_label("Password", exact=True)).to_be_focused()
    dialog.get_by_role("button", name="Cancel").click()

    expect(dialog).to_have_count(0)
    expect(navigation(desk)).to_be_visible()
    alice.refresh_from_db()
    assert alice.is_active


@pytest.mark.complains("ERR_INTERNET_DISCONNECTED")
def test_deletion_waits_for_the_network(desk: Page, alice: User) -> None:
    sign_in(desk, alice, "/settings")
    expect(desk.get_by_role("button", name="Prepare a copy")).to_be_visible()
    dialog = open_deletion(desk)

    desk.context.set_offline(True)
    submit(dialog)
    expect(dialog.get_by_text("The server can’t be reached.")).to_be_visible()
    desk.context.set_offline(False)
    dialog.get_by_role("button", name="Delete account").click()

    expect(desk.get_by_text("Your account has been deleted.")).to_be_visible()


def test_question_is_in_sight_with_large_text(open_device: OpenDevice, alice: User) -> None:
    page = open_device(viewport={"width": 360, "height": 640})
    sign_in(page, alice, "/settings")
    page.evaluate("document.documentElement.style.fontSize = '32px'")

    dialog = open_deletion(page)

    expect(dialog.get_by_role("heading", name="Delete your account?")).to_be_in_viewport(ratio=1)
    dialog.get_by_role("button", name="Delete account").scroll_into_view_if_needed()
    expect(dialog.get_by_role("button", name="Delete account")).to_be_in_viewport(ratio=1)


def test_second_click_while_deleting_sends_nothing(desk: Page, alice: User) -> None:
    sign_in(desk, alice, "/settings")
    held: list[Route] = []
    # Playwright cannot call a built-in method.
    desk.route("**/delete-account/", lambda route: held.append(route))  # noqa: PLW0108
    dialog = open_deletion(desk)

    submit(dialog)
    button = dialog.get_by_role("button", name="Delete account")
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)

    assert len(held) == 1
    held[0].continue_()
    expect(desk.get_by_text("Your account has been deleted.")).to_be_visible()


def test_settings_of_an_impersonated_trainee_offer_neither(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    sign_in(desk, alice, f"/trainees/{bob.pk}")
    desk.get_by_role("button", name="View as trainee").click()
    expect(desk.get_by_text("You are viewing as Bob Tester.")).to_be_visible()

    navigation(desk).get_by_role("link", name="Settings").click()

    expect(desk.get_by_text("Account settings are hidden")).to_be_visible()
    expect(desk.get_by_role("button", name="Delete account")).to_have_count(0)
    expect(desk.get_by_text("Your data")).to_have_count(0)


def test_copy_of_ones_data_is_prepared_and_downloaded(
    desk: Page, bob: User, conversation: Conversation
) -> None:
    sign_in(desk, bob, "/settings")

    desk.get_by_role("button", name="Prepare a copy").click()
    expect(desk.get_by_text("Your copy is being prepared.")).to_be_visible()
    link = desk.get_by_role("link", name="Download")
    expect(link).to_be_visible()
    with desk.expect_download() as downloaded:
        link.click()

    archive = ZipFile(BytesIO(downloaded.value.path().read_bytes()))
    account = json.loads(archive.read("account.json"))
    assert account["profile"]["email"] == "bob@example.com"
    assert downloaded.value.suggested_filename.endswith(".zip")
    expect(desk.get_by_role("button", name="Prepare a new copy")).to_be_visible()
    desk.goto(path_of(conversation))
    desk.goto("/settings")
    expect(desk.get_by_text("is ready. You can download it until")).to_be_visible()


@pytest.mark.complains("status of 429")
def test_too_many_copies_are_refused_in_words(desk: Page, bob: User) -> None:
    sign_in(desk, bob, "/settings")
    refused = {"detail": "Slow down.", "code": "throttled"}
    desk.route(
        "**/data-exports/",
        lambda route: (
            route.fulfill(status=429, json=refused, headers={"Retry-After": "80000"})
            if route.request.method == "POST"
            else route.continue_()
        ),
    )

    desk.get_by_role("button", name="Prepare a copy").click()

    expect(desk.get_by_text("You’ve prepared several copies recently.")).to_be_visible()
    expect(desk.get_by_role("button", name="Prepare a copy")).to_be_visible()


@pytest.mark.complains(r"status of 503")
def test_state_that_failed_to_load_does_not_prevent_a_copy(desk: Page, bob: User) -> None:
    refused = {"detail": "Please try again.", "code": "unavailable"}
    desk.route("**/data-exports/", lambda route: route.fulfill(status=503, json=refused))
    sign_in(desk, bob, "/settings")
    expect(desk.get_by_text("Please try again.")).to_be_visible()
    desk.unroute("**/data-exports/")

    desk.get_by_role("button", name="Prepare a copy").click()

    expect(desk.get_by_text("Your copy is being prepared.")).to_be_visible()
    expect(desk.get_by_text("Please try again.")).to_have_count(0)
    expect(desk.get_by_role("link", name="Download")).to_be_visible()
