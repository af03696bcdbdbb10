"""Signing in and out, passwords, and the settings."""

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from config.version import VERSION
from messaging.models import Conversation
from tests.e2e.devices import Hold, OpenDevice, wait_until
from tests.e2e.screens import (
    composer,
    conversation_with,
    conversations,
    fill_sign_in,
    message,
    navigation,
    open_live_thread,
    open_thread,
    sign_in,
    sign_out,
    wait_for_sign_out,
)
from tests.e2e.servers import make_server
from tests.system.people import eventually
from tests.system.server import WebServer
from trainer.codes import hash_code, make_code
from trainer.models import Invitation
from trainer.services.invitations import invite_trainee
from users.models import AuthSession, User
from users.serializers import image_url
from users.services.sessions import end_sessions


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which the server writes its e-mails."""
    return tmp_path_factory.mktemp("mail")


@pytest.fixture(scope="module")
def mailing_server(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, static_root: Path, mailbox: Path
) -> Iterator[WebServer]:
    mailing = {"EMAIL_URL": f"filemail:///{mailbox}", "JOBS_IN_WEB": "1"}
    server = make_server(static_root, **mailing)
    server.environment["PUBLIC_URL"] = server.url
    server.environment["MEDIA_ROOT"] = str(mailbox / "media")
    with django_db_blocker.unblock(), server:
        yield server


@pytest.fixture
def server(mailing_server: WebServer, mailbox: Path, transactional_db: None) -> WebServer:
    """A server that writes its e-mails into an empty folder."""
    for mail in mailbox.glob("*.log"):
        mail.unlink()
    return mailing_server


def find_link(mailbox: Path) -> str:
    """Wait for an e-mail, and return the link in it."""

    def probe() -> str | None:
        text = "".join(mail.read_text() for mail in mailbox.glob("*.log"))
        found = re.search(r"^(http\S+)\n", text, re.MULTILINE)
        return found[1] if found else None

    return eventually(probe)


@pytest.mark.complains(r"status of 401")
def test_wrong_password_is_refused_and_the_right_one_accepted(desk: Page, alice: User) -> None:
    desk.goto("/sign-in")

    fill_sign_in(desk, alice, "wrong")
    expect(desk.get_by_role("alert")).to_contain_text(re.compile(r"\w+"))
    fill_sign_in(desk, alice)

    expect(navigation(desk)).to_be_visible()


def test_sign_out_opens_the_sign_in_and_back_shows_nothing(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    open_thread(desk, alice, conversation)

    sign_out(desk)
    wait_for_sign_out(desk)
    assert desk.context.cookies() == []
    desk.go_back(wait_until="commit")

    expect(desk.get_by_role("button", name="Sign in")).to_be_visible()
    expect(desk.get_by_text("Hello")).to_have_count(0)


def test_forgotten_password_is_reset_by_the_mailed_link(
    desk: Page, alice: User, mailbox: Path
) -> None:
    desk.goto("/sign-in")
    desk.get_by_role("link", name="Forgot your password?").click()
    # The sign-in screen also has an email field, so wait for this heading.
    expect(desk.get_by_role("heading", name="Forgot your password?")).to_be_visible()
    desk.get_by_label("Email").fill(alice.email)
    desk.get_by_role("button", name="Send link").click()
    expect(desk.get_by_text("we’ll send a link")).to_be_visible()

    desk.goto(find_link(mailbox))
    desk.get_by_label("New password", exact=True).fill("another-horse-42")
    desk.get_by_role("button", name="Set password").click()

    expect(desk.get_by_text("Your new password is set.")).to_be_visible()
    fill_sign_in(desk, alice, "another-horse-42")
    expect(navigation(desk)).to_be_visible()


def test_invited_person_joins_by_the_mailed_link(
    desk: Page, phone: Page, alice: User, mailbox: Path
) -> None:
    sign_in(desk, alice, "/invitations")
    desk.get_by_label("Email").fill("erin@example.com")
    desk.get_by_role("button", name="Send invitation").click()
    expect(desk.get_by_text("Invitation sent to erin@example.com.")).to_be_visible()
    expect(desk.get_by_text("Pending")).to_be_visible()

    phone.goto(find_link(mailbox))
    phone.get_by_label("First name").fill("Erin")
    phone.get_by_label("Last name").fill("Evans")
    phone.get_by_label("Password", exact=True).fill("correct-horse-battery-1")
    phone.get_by_role("button", name="Join").click()

    expect(phone.get_by_text("Say hello to Alice")).to_be_visible()
    expect(desk.get_by_text("Joined")).to_be_visible()
    assert User.objects.get(email="erin@example.com").parent_trainer == alice


def test_invitation_is_accepted_while_another_user_is_signed_in(
    desk: Page, alice: User, mailbox: Path
) -> None:
    sign_in(desk, alice, "/invitations")
    desk.get_by_label("Email").fill("erin@example.com")
    desk.get_by_role("button", name="Send invitation").click()
    link = "/join#code=" + find_link(mailbox).partition("#code=")[2]
    desk.goto(link, wait_until="networkidle")  # see screens.sign_out
    desk.get_by_label("First name").fill("Erin")
    desk.get_by_label("Last name").fill("Evans")
    desk.get_by_label("Password", exact=True).fill("correct-horse-battery-1")

    desk.get_by_role("button", name="Join").click()

    expect(desk.get_by_text("Say hello to Alice")).to_be_visible()
    desk.goto("/settings")
    expect(desk.get_by_text("erin@example.com")).to_be_visible()


def test_invitation_can_be_sent_again_and_revoked(desk: Page, alice: User, mailbox: Path) -> None:
    invite_trainee(trainer=alice, email="erin@example.com")
    sign_in(desk, alice, "/invitations")

    desk.get_by_role("button", name="Resend invitation to erin@example.com").click()
    expect(desk.get_by_text("Invitation sent again to erin@example.com.")).to_be_visible()
    assert "/join#code=" in find_link(mailbox)
    desk.get_by_role("button", name="Revoke invitation to erin@example.com").click()
    desk.get_by_role("dialog").get_by_role("button", name="Revoke").click()

    expect(desk.get_by_text("No invitations")).to_be_visible()
    assert not alice.invitations.listed().exists()


def test_link_of_an_invitation_whose_email_failed_can_be_copied(desk: Page, alice: User) -> None:
    Invitation.objects.create(
        trainer=alice, email="erin@example.com", expires_at=timezone.now() + timedelta(days=7)
    )
    invitation = Invitation.objects.get()
    invitation.code_hash, invitation.email_status = hash_code(make_code(invitation)), "failed"
    invitation.save()
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(desk, alice, "/invitations")

    expect(desk.get_by_text("The email couldn’t be sent.")).to_be_visible()
    desk.get_by_role("button", name="Copy link for erin@example.com").click()

    expect(desk.get_by_text("Link copied.")).to_be_visible()
    copied = desk.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(f"/join#code={make_code(invitation)}")


def test_transparent_logo_gets_a_white_background(phone: Page, bob: User) -> None:
    logo = BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(logo, "WEBP")
    sign_in(phone, bob, "/settings")

    phone.get_by_label("Picture").set_input_files(
        {"name": "logo.webp", "mimeType": "image/webp", "buffer": logo.getvalue()}
    )
    expect(phone.get_by_role("button", name="Remove picture")).to_be_visible()

    link = urlsplit(image_url(User.objects.get(pk=bob.pk)) or "")
    answer = phone.request.get(f"{link.path}?{link.query}")
    stored = Image.open(BytesIO(answer.body())).convert("RGB")
    assert stored.getpixel((150, 150)) == (255, 255, 255)


def test_names_and_picture_are_changed_for_everybody(
    desk: Page, phone: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    sign_in(phone, bob, "/settings")
    phone.get_by_label("First name").fill("Robert")
    phone.get_by_role("button", name="Save profile").click()
    expect(phone.get_by_text("Profile saved.")).to_be_visible()
    phone.get_by_label("Picture").set_input_files(
        {"name": "me.png", "mimeType": "image/png", "buffer": picture()}
    )
    expect(phone.locator("picture-field img")).to_be_visible()
    expect(phone.get_by_role("button", name="Remove picture")).to_be_visible()

    sign_in(desk, alice)
    bob.refresh_from_db()

    row = conversation_with(desk, bob)
    expect(row).to_contain_text("Robert Tester")
    image = row.locator("img")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 64


def picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (64, 96), "#c05621").save(file, "PNG")
    return file.getvalue()


@pytest.mark.complains(r"status of 40[01]")
def test_password_is_changed_and_the_other_devices_are_signed_out(
    desk: Page, phone: Page, alice: User
) -> None:
    sign_in(phone, alice)
    sign_in(desk, alice, "/settings")
    desk.get_by_label("Current password", exact=True).fill("wrong")
    desk.get_by_label("New password", exact=True).fill("another-horse-42")
    desk.get_by_role("button", name="Change password").click()
    expect(desk.locator("password-form .field-error")).to_be_visible()

    desk.get_by_label("Current password", exact=True).fill("correct-horse-battery-1")
    desk.get_by_role("button", name="Change password").click()

    expect(desk.get_by_text("Your password has been changed.")).to_be_visible()
    expect(phone.get_by_text("Your session has ended.")).to_be_visible()
    desk.reload()
    expect(navigation(desk)).to_be_visible()


def test_settings_show_the_version(desk: Page, alice: User) -> None:
    sign_in(desk, alice, "/settings")

    expect(desk.get_by_text(f"Version {VERSION}")).to_be_visible()


def test_theme_is_stored_and_applied_without_a_flash(open_device: OpenDevice, alice: User) -> None:
    page = open_device(color_scheme="light")
    sign_in(page, alice, "/settings")
    light = background_of(page)

    page.get_by_label("Dark").check()
    wait_until(page, lambda: sum(background_of(page)) < sum(light))
    dark = background_of(page)
    # The first paint must not wait for the client's scripts.
    hold = Hold(page, re.compile(r"/web/(bundles/)?app[.\w]*\.js$"))
    page.add_init_script(NOTE_FIRST_FRAME)
    page.reload(wait_until="commit")

    wait_until(page, lambda: page.evaluate("globalThis.first") is not None)
    assert page.evaluate("first") == dark
    expect(page.locator("#skeleton")).to_be_visible()
    hold.release()
    expect(page.get_by_label("Dark")).to_be_checked()
    page.get_by_label("System").check()
    wait_until(page, lambda: background_of(page) == light)
    page.emulate_media(color_scheme="dark")
    wait_until(page, lambda: background_of(page) == dark)


BACKGROUND = """() => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    canvas.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
}"""
# A browser paints nothing before the style sheets are loaded.
NOTE_FIRST_FRAME = f"requestAnimationFrame(() => {{ globalThis.first = ({BACKGROUND})(); }});"


def background_of(page: Page) -> list[int]:
    found: list[int] = page.evaluate(BACKGROUND)
    return found


def test_conversations_are_shown_after_signing_in_again(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    sign_in(desk, alice)
    sign_out(desk)

    fill_sign_in(desk, alice)

    expect(conversations(desk)).to_have_count(1)


READ_ALL = """async () => {
    const found = {};
    for (const { name } of await indexedDB.databases()) {
        const opening = indexedDB.open(name);
        await new Promise((resolve) => (opening.onsuccess = resolve));
        const db = opening.result;
        const read = (store) => new Promise((resolve) => {
            const reading = db.transaction(store).objectStore(store).getAll();
            reading.onsuccess = () => resolve(reading.result);
        });
        const stores = [...db.objectStoreNames].map(async (store) => [store, await read(store)]);
        found[name] = Object.fromEntries(await Promise.all(stores));
        db.close();
    }
    return JSON.stringify(found);
}"""


@pytest.mark.complains(r"status of 401", r"WebSocket connection")
def test_session_that_the_server_ends_leaves_no_message_on_the_device(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    """Unsent texts wait for their author, but not beyond the next person who signs in."""
    open_live_thread(desk, alice, conversation)
    composer(desk).fill("half a sentence")
    wait_until(desk, lambda: "half a sentence" in desk.evaluate(READ_ALL))
    assert "Hello" in desk.evaluate(READ_ALL)

    end_sessions(AuthSession.objects.of_or_by(alice))

    expect(desk.get_by_text("Your session has ended.")).to_be_visible()
    wait_until(desk, lambda: "Hello" not in desk.evaluate(READ_ALL))
    assert "half a sentence" in desk.evaluate(READ_ALL)
    fill_sign_in(desk, bob)
    expect(message(desk, "Hello")).to_be_visible()
    wait_until(desk, lambda: "half a sentence" not in desk.evaluate(READ_ALL))
    assert f"messaging-{alice.pk}" not in desk.evaluate(READ_ALL)
