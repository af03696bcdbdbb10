"""Photos that cannot be sent: what is said, and that nothing is lost or sent twice."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect

from messaging.models import Attachment, Conversation, Message
from tests.e2e.devices import Hold, OpenDevice
from tests.e2e.photos import (
    choose,
    choose_and_wait,
    chosen_photos,
    expect_shown,
    photos,
    picture,
    send,
    send_photos,
)
from tests.e2e.screens import (
    composer,
    message,
    open_thread,
    path_of,
    sign_in,
    wait_for_sign_out,
)
from tests.factories import tokens_of
from tests.media.pictures import draw
from tests.system.people import Person
from tests.system.server import WebServer
from trainer.services.trainees import remove_trainee
from users.models import User

UPLOADS = "**/messaging/uploads/"
pytestmark = pytest.mark.complains(r"status of (400|403|404|413|429)", r"net::ERR_", r"WebSocket")


@pytest.fixture
def thread(desk: Page, bob: User, conversation: Conversation) -> Page:
    """The thread with Alice, at Bob's desk."""
    return open_thread(desk, bob, conversation)


def fill_quota(owner: User) -> None:
    """Let photos of a person use all of the space, without files."""
    size = {"width": 9, "height": 9, "blurhash": "", "upload_key": uuid4()}
    Attachment.objects.create(owner=owner, bytes=2**31 - 1, **size)
    Attachment.objects.create(owner=owner, bytes=2**31 - 1, **{**size, "upload_key": uuid4()})


def count_sent() -> tuple[int, int]:
    """Return how many messages with photos there are, and how many photos they have."""
    sent = Attachment.objects.filter(message__isnull=False)
    return sent.values("message").distinct().count(), sent.count()


@pytest.mark.parametrize(
    ("language", "reason"),
    [
        ("en-US", "Your space for photos is full. Delete some of your photos first."),
        ("de-DE", "Dein Platz für Fotos ist voll. Lösche zuerst einige deiner Fotos."),
    ],
)
def test_full_space_is_said_and_a_retry_sends_once_there_is_room(
    open_device: OpenDevice, bob: User, conversation: Conversation, language: str, reason: str
) -> None:
    page = open_thread(open_device(locale=language), bob, conversation)
    fill_quota(bob)
    choose(page, picture())
    expect(page.locator(".photo-strip button")).to_have_count(1)
    page.locator(".send-button").click()

    expect(page.get_by_text(reason)).to_be_visible()
    Attachment.objects.all().delete()
    page.locator(".failure button").first.click()

    expect_shown(page, 1)
    assert count_sent() == (1, 1)


@pytest.mark.parametrize(
    ("language", "reason"),
    [
        ("en-US", "A photo is too large. Delete the message, and choose a smaller one."),
        ("de-DE", "Ein Foto ist zu groß. Lösche die Nachricht und wähle ein kleineres."),
    ],
)
def test_photo_that_a_proxy_refuses_as_too_large_says_so(
    open_device: OpenDevice, bob: User, conversation: Conversation, language: str, reason: str
) -> None:
    page = open_thread(open_device(locale=language), bob, conversation)
    page.route(UPLOADS, lambda route: route.fulfill(status=413, body="<h1>Too Large</h1>"))
    choose(page, picture())
    expect(page.locator(".photo-strip button")).to_have_count(1)
    page.locator(".send-button").click()

    expect(page.get_by_text(reason)).to_be_visible()


def test_problems_with_chosen_files_are_said_in_german(
    open_device: OpenDevice, bob: User, conversation: Conversation
) -> None:
    page = open_thread(open_device(locale="de-DE"), bob, conversation)
    alert = page.locator("message-composer [role=alert]")

    choose(page, b"%PDF-1.7", name="plan.pdf")
    expect(alert).to_contain_text("„plan.pdf“ ist kein Foto.")
    choose(page, b"\x00\x00\x00\x18ftypheic" + bytes(11 * 2**20), name="IMG_1.heic")
    expect(alert).to_contain_text("„IMG_1.heic“ ist zu groß. Ein Foto kann bis zu 10 MB haben.")
    choose(page, *[picture(60, 40)] * 11)
    expect(alert).to_have_text("Du kannst bis zu 10 Fotos auf einmal senden.")
    expect(page.locator(".photo-strip button")).to_have_count(10)


def test_photo_that_the_browser_cannot_decode_is_drawn_by_the_server(thread: Page) -> None:
    choose(thread, draw("HEIF", (300, 200)), name="IMG_1.heic")
    expect(thread.locator(".photo-strip")).to_contain_text("IMG_1.heic")

    send(thread)

    expect_shown(thread, 1)
    stored = Attachment.objects.get(message__isnull=False)
    assert (stored.width, stored.height) == (300, 200)


def test_message_that_is_refused_after_its_uploads_says_why(thread: Page) -> None:
    refused: list[str] = []

    def refuse(route: Route) -> None:
        refused.append(route.request.post_data or "")
        route.fulfill(status=400, json={"content": ["Not this text."]})

    thread.route("**/send/", refuse)
    choose_and_wait(thread, picture(), picture())
    composer(thread).fill("Something")
    send(thread)
    expect(thread.get_by_text("Not this text.")).to_be_visible()
    expect(photos(thread)).to_have_count(2)
    thread.unroute("**/send/")

    thread.get_by_role("button", name="Retry").click()

    expect_shown(thread, 2)
    assert count_sent() == (1, 2)
    assert (
        len(refused) == 2
    )  # once more with new uploads, because the first may have been forgotten


def test_throttled_upload_returns_by_itself(thread: Page) -> None:
    answers: list[int] = []

    def throttle_once(route: Route) -> None:
        answers.append(429)
        if len(answers) > 1:
            route.continue_()
        else:
            route.fulfill(status=429, headers={"Retry-After": "1"}, json={"detail": "Slow"})

    thread.route(UPLOADS, throttle_once)
    choose_and_wait(thread, picture())
    send(thread)

    expect_shown(thread, 1)
    expect(thread.get_by_text("Not sent")).to_have_count(0)
    assert count_sent() == (1, 1)


def test_reload_during_an_upload_neither_doubles_nor_loses_a_photo(thread: Page) -> None:
    held = Hold(thread, re.compile(r"/messaging/uploads/"))
    choose_and_wait(thread, picture(), picture(300, 200))
    composer(thread).fill("Both")
    send(thread)
    held.wait()

    thread.reload()
    held.release()

    expect_shown(thread, 2)
    expect(message(thread, "Both")).to_be_visible()
    assert count_sent() == (1, 2)
    assert Message.objects.filter(content="Both").count() == 1


def test_conversation_that_ends_during_an_upload_says_so(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    page = open_thread(desk, alice, conversation)
    held = Hold(page, re.compile(r"/messaging/uploads/"))
    choose_and_wait(page, picture())
    send(page)
    held.wait()

    remove_trainee(trainer=alice, trainee_id=bob.pk)
    held.release()

    expect(page.locator(".failure")).to_contain_text(
        "This conversation is archived. You can read it, but you can't reply."
    )
    assert count_sent() == (0, 0)


def test_sign_out_asks_before_it_deletes_photos_that_wait(
    thread: Page, bob: User, conversation: Conversation
) -> None:
    Hold(thread, re.compile(r"/messaging/uploads/"))
    choose_and_wait(thread, picture())
    send(thread)
    expect(thread.get_by_role("progressbar")).to_have_count(1)
    thread.get_by_role("button", name="Sign out", exact=True).first.click()
    dialog = thread.get_by_role("dialog", name="Sign out with unsent messages?")
    expect(dialog).to_be_visible()

    dialog.get_by_role("button", name="Sign out and delete").click()

    expect(thread.get_by_role("button", name="Sign in")).to_be_visible()
    wait_for_sign_out(thread)
    thread.unroute_all(behavior="ignoreErrors")
    open_thread(thread, bob, conversation)
    expect(photos(thread)).to_have_count(0)
    expect(chosen_photos(thread)).to_have_count(0)
    assert count_sent() == (0, 0)


def test_message_deleted_while_its_photo_loads_becomes_a_deleted_message(
    server: WebServer, desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    sent = send_photos(server, alice, conversation, picture())
    held = Hold(desk, re.compile(r"/media/photos/"))
    sign_in(desk, bob, path_of(conversation))
    expect(photos(desk)).to_have_count(1)
    held.wait()

    path = f"messaging/conversations/{conversation.pk}/messages/{sent['id']}/"
    assert Person(server, tokens_of(alice)).http.delete(path).status_code == 204

    expect(desk.get_by_text("This message was deleted").last).to_be_visible()
    expect(photos(desk)).to_have_count(0)
    held.release()
    expect(desk.locator(".photo-broken")).to_have_count(0)
