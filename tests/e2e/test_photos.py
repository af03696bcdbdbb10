"""Photos: one browser chooses, uploads and sends them, and another shows them."""

import pytest
from playwright.sync_api import Page, Route, expect

from messaging.models import Attachment, Conversation, Message
from tests.e2e.devices import OpenDevice, wait_for_worker, wait_until
from tests.e2e.photos import choose, chosen_photos, expect_shown, photos, picture, send
from tests.e2e.screens import composer, message, open_thread, path_of, sign_in
from users.models import User

# Complaints of the browser that belong to a missing network, or to a refusal.
pytestmark = pytest.mark.complains(
    r"net::ERR_INTERNET_DISCONNECTED", r"net::ERR_FAILED", r"status of 400", r"WebSocket connection"
)
# Hands a picture to an element, as a paste or a drop does.
GIVE = """async ([type, selector]) => {
    const canvas = new OffscreenCanvas(20, 20);
    canvas.getContext("2d").fillRect(0, 0, 9, 9);
    const data = new DataTransfer();
    data.items.add(new File([await canvas.convertToBlob()], "a.png", { type: "image/png" }));
    const init = { bubbles: true, cancelable: true };
    const event = type === "paste"
        ? new ClipboardEvent(type, { ...init, clipboardData: data })
        : new DragEvent(type, { ...init, dataTransfer: data });
    document.querySelector(selector).dispatchEvent(event);
}"""
ROTATED = 6
"""The EXIF orientation of a photo that was taken with a phone held upright."""


@pytest.fixture
def thread(desk: Page, bob: User, conversation: Conversation) -> Page:
    """The thread with Alice, at Bob's desk."""
    return open_thread(desk, bob, conversation)


def test_photos_are_shrunk_and_seen_by_the_other_person(
    thread: Page, open_device: OpenDevice, alice: User, conversation: Conversation
) -> None:
    other = open_thread(open_device(), alice, conversation)
    choose(thread, picture(4000, 3000, ROTATED), picture())
    expect(chosen_photos(thread)).to_have_count(2)
    composer(thread).fill("From today")
    send(thread)

    for page in (thread, other):
        expect(message(page, "From today")).to_be_visible()
        expect_shown(page, 2)
    stored = Attachment.objects.filter(message__content="From today").order_by("position")
    assert (stored[0].width, stored[0].height) == (1920, 2560)


def test_photo_waits_offline_and_survives_closing_the_page(
    thread: Page, conversation: Conversation
) -> None:
    choose(thread, picture())
    expect(chosen_photos(thread)).to_have_count(1)
    context = thread.context
    context.set_offline(True)
    send(thread)
    expect(thread.get_by_role("progressbar")).to_have_count(1)
    thread.close()
    context.set_offline(False)

    again = context.new_page()
    again.goto(path_of(conversation))

    expect_shown(again, 1)
    assert Attachment.objects.filter(message__isnull=False).count() == 1


@pytest.mark.service_worker
@pytest.mark.complains(r"does not support the Push API in incognito mode")
def test_photo_that_is_chosen_offline_survives_a_reload_and_is_sent_later(
    thread: Page, open_device: OpenDevice, alice: User, conversation: Conversation
) -> None:
    other = open_thread(open_device(), alice, conversation)
    wait_for_worker(thread)
    thread.context.set_offline(True)
    choose(thread, picture())
    expect(chosen_photos(thread)).to_have_count(1)
    composer(thread).fill("From today")
    send(thread)
    expect(thread.get_by_role("progressbar")).to_have_count(1)
    thread.reload()
    expect(thread.get_by_role("progressbar")).to_have_count(1)
    expect(message(thread, "From today")).to_be_visible()
    assert not Attachment.objects.exists()

    thread.context.set_offline(False)

    for page in (thread, other):
        expect_shown(page, 1)
        expect(message(page, "From today")).to_be_visible()
    photos(other).click()
    expect(other.get_by_role("dialog").get_by_role("img")).to_be_visible()
    assert Attachment.objects.filter(message__content="From today").count() == 1


def test_chosen_photos_survive_closing_the_page(thread: Page, conversation: Conversation) -> None:
    choose(thread, picture(), picture())
    expect(chosen_photos(thread)).to_have_count(2)
    chosen_photos(thread).first.click()
    expect(chosen_photos(thread)).to_have_count(1)
    thread.reload()

    expect(chosen_photos(thread)).to_have_count(1)


def test_lost_response_to_an_upload_makes_no_second_photo(thread: Page) -> None:
    answers = []

    def lose_the_first_answer(route: Route) -> None:
        answers.append(route.fetch())
        if len(answers) == 1:
            route.abort()
        else:
            route.fulfill(response=answers[-1])

    thread.route("**/messaging/uploads/", lose_the_first_answer)
    choose(thread, picture())
    expect(chosen_photos(thread)).to_have_count(1)
    send(thread)

    expect_shown(thread, 1)
    assert [answer.status for answer in answers] == [201, 200]
    assert Attachment.objects.count() == 1


def test_cancelled_message_returns_to_the_composer(thread: Page) -> None:
    thread.route("**/messaging/uploads/", lambda route: None)
    choose(thread, picture())
    expect(chosen_photos(thread)).to_have_count(1)
    composer(thread).fill("Not yet")
    send(thread)
    expect(chosen_photos(thread)).to_have_count(0)

    thread.get_by_role("button", name="Stop sending").click()

    expect(chosen_photos(thread)).to_have_count(1)
    expect(composer(thread)).to_have_value("Not yet")
    expect(photos(thread)).to_have_count(0)


def test_refused_photo_says_why_and_is_sent_by_a_retry(thread: Page) -> None:
    refusal = {"file": ["This photo is damaged."]}
    thread.route("**/messaging/uploads/", lambda route: route.fulfill(status=400, json=refusal))
    choose(thread, picture())
    expect(chosen_photos(thread)).to_have_count(1)
    send(thread)
    expect(thread.get_by_text("This photo is damaged.")).to_be_visible()
    thread.unroute("**/messaging/uploads/")

    thread.get_by_role("button", name="Retry").click()

    expect_shown(thread, 1)


def test_files_that_are_no_photos_are_refused_and_the_others_are_kept(thread: Page) -> None:
    choose(thread, b"%PDF-1.7", name="plan.pdf")
    expect(thread.get_by_text("“plan.pdf” isn’t a photo.")).to_be_visible()

    choose(thread, *[picture()] * 11)

    expect(thread.get_by_text("You can send up to 10 photos at once.")).to_be_visible()
    expect(chosen_photos(thread)).to_have_count(10)


def test_first_message_to_a_trainee_can_be_a_photo(desk: Page, alice: User, bob: User) -> None:
    sign_in(desk, alice, f"/messages?trainee={bob.pk}")
    expect(composer(desk)).to_be_visible()
    choose(desk, picture())
    expect(chosen_photos(desk)).to_have_count(1)

    send(desk)

    expect_shown(desk, 1)
    expect(desk).to_have_url(path_of(Conversation.objects.get()))
    assert Message.objects.get().content == ""


@pytest.mark.complains(r"status of 404")
def test_photo_whose_link_is_dead_is_shown_by_a_new_one(
    thread: Page, conversation: Conversation
) -> None:
    choose(thread, picture())
    expect(chosen_photos(thread)).to_have_count(1)
    send(thread)
    expect_shown(thread, 1)
    refused: list[str] = []

    def refuse_once(route: Route) -> None:
        if not refused:
            refused.append(route.request.url)
            route.fulfill(status=404)
        else:
            route.fallback()

    thread.route("**/media/photos/**", refuse_once)
    with thread.expect_request("**/messages/?before=*limit=100"):
        thread.reload()

    expect_shown(thread, 1)
    assert len(refused) == 1


def test_photos_can_be_pasted_and_dropped_anywhere_on_the_thread(thread: Page) -> None:
    thread.evaluate(GIVE, ["paste", "textarea"])
    expect(chosen_photos(thread)).to_have_count(1)
    hint = thread.get_by_text("Drop photos here")

    def is_dragged_over() -> bool:
        thread.evaluate(GIVE, ["dragover", ".history"])
        return hint.is_visible()

    wait_until(thread, is_dragged_over)  # the drop zone is loaded after the first screen
    thread.evaluate(GIVE, ["drop", ".history"])

    expect(chosen_photos(thread)).to_have_count(2)
    expect(hint).to_have_count(0)
