"""In a language that is read from right to left, every screen is mirrored, whole and translated."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.plugin import DjangoDbBlocker

from messaging.models import Conversation
from messaging.services.posting import post_message
from messaging.services.reacting import add_reaction
from notifications.unsubscribe_links import make_unsubscribe_link
from tests.e2e.devices import DESK, PHONE, OpenDevice, wait_for_animations, wait_until
from tests.e2e.photos import choose as choose_photos
from tests.e2e.photos import expect_shown, picture
from tests.e2e.pseudo_locale import CODE, LOCALE, ar, speak_arabic, write_catalogue
from tests.e2e.screens import messages, path_of, sign_in
from tests.e2e.servers import make_server
from tests.e2e.test_layout import CUT_OFF
from tests.e2e.test_second_thoughts import wait_for_actions
from tests.factories import make_trainee, open_conversation, write
from tests.system.server import WebServer
from trainer.codes import make_code
from trainer.services.invitations import invite_trainee
from trainer.services.trainees import remove_trainee
from users.models import User

pytestmark = pytest.mark.complains(
    r"status of 40[014]", r"ERR_FAILED", r"ERR_INTERNET_DISCONNECTED", r"WebSocket"
)

SHOWN = """() => {
    const attributes = ["aria-label", "placeholder", "title", "alt", "label"];
    const values = [...document.querySelectorAll("body *")].flatMap(each =>
        attributes.map(name => each.getAttribute(name)).filter(Boolean));
    const texts = [document.title, ...document.body.innerText.split("\\n"), ...values];
    return texts.map(each => each.trim());
}"""
# What people wrote, names of people, of files and of the product's languages.
WRITTEN = re.compile(
    r"photo\.jpeg|Alice|Bob|Erin|Tester|Evans|Fitness|Hello(?: there, Bob)?|Long (?:word )+end"
    r"|message \d+|Deutsch|\b[A-Z]{1,2}\b"
    r"|[\w.]+@example\.com|http\S+|dev|[0-9a-f]{7,}|[\d.+]+"
)
# Elements that are partly outside the window, except what is hidden or scrolls sideways.
OUTSIDE = """() => [...document.querySelectorAll("body *")].filter(each => {
    const hidden = ".visually-hidden, .viewer-track, .photo-strip, [aria-hidden=true], svg, .skip-link";
    if (each.closest(hidden)) return false;
    const { left, right, width, height } = each.getBoundingClientRect();
    return width > 1 && height > 1 && (left < -1 || right > innerWidth + 1);
}).map(each => `${each.localName}.${each.className}`)"""
WIDE = "document.documentElement.scrollWidth - innerWidth"
MIRRORED = """icons => icons.filter(each => each.checkVisibility()).map(each => {
    const { a } = each.firstElementChild.getScreenCTM();
    return Math.sign(a);
})"""
CORNERS = """bubble => {
    const style = getComputedStyle(bubble);
    return ["top-left", "top-right", "bottom-right", "bottom-left"].map(
        each => parseFloat(style.getPropertyValue(`border-${each}-radius`)) > 8);
}"""
ARABIC = "مرحبا، كيف كان التدريب اليوم؟"


@pytest.fixture(scope="module")
def arabic_server(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    static_root: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[WebServer]:
    folder = write_catalogue(tmp_path_factory.mktemp("locales"))
    with django_db_blocker.unblock(), make_server(static_root, TEST_LOCALES=str(folder)) as server:
        yield server


@pytest.fixture
def server(arabic_server: WebServer, transactional_db: None) -> WebServer:
    return arabic_server


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, open_device: OpenDevice) -> Page:
    page = open_device(locale=LOCALE, **request.param)
    speak_arabic(page.context)
    return page


@pytest.fixture
def story(alice: User, bob: User, conversation: Conversation) -> Conversation:
    """A conversation with texts in both directions, photos, an answer and reactions."""
    write(bob, conversation, ARABIC, "Long " + "word " * 60 + "end")
    first = conversation.messages.order_by("pk")[0]
    post_message(sender=bob, conversation_id=conversation.pk, content=ARABIC, reply_to=first.pk)
    add_reaction(by=bob, conversation_id=conversation.pk, message_id=first.pk, emoji="👍")
    write(alice, conversation, ARABIC, "Hello there, Bob", "Hello")
    return conversation


def is_phone(page: Page) -> bool:
    return bool(page.viewport_size and page.viewport_size["width"] < 600)


def expect_mirrored(page: Page) -> None:
    """Expect a whole screen from right to left, without a text in English."""
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("html")).to_have_attribute("lang", CODE)
    wait_for_animations(page)
    assert page.evaluate(WIDE) <= 0, page.url
    # The area around the small buttons of chosen photos is larger than what is shown.
    cut_off = [each for each in page.evaluate(CUT_OFF) if each.split()[1:]]
    assert cut_off == [], page.url
    assert page.evaluate(OUTSIDE) == [], page.url
    shown = [WRITTEN.sub("", each) for each in page.evaluate(SHOWN)]
    assert [each for each in shown if re.search(r"[A-Za-z]{2}", each)] == []


def box(locator: Locator) -> dict[str, float]:
    found = locator.bounding_box()
    assert found
    start, width = found["x"], found["width"]
    return {"x": start, "right": start + width, "middle": start + width / 2}


def button(page: Page, key: str, **parameters: str) -> Locator:
    return page.get_by_role("button", name=ar(key, **parameters), exact=True)


def expect_turned(icons: Locator) -> None:
    """Expect icons that point along the line to point the other way."""
    expect(icons.first).to_be_attached()
    assert set(icons.evaluate_all(MIRRORED)) == {-1}


def test_screens_before_the_sign_in_are_mirrored(page: Page, alice: User) -> None:
    invitation, _ = invite_trainee(
        trainer=alice, email="erin@example.com", message="Hello there, Bob"
    )
    page.goto("/sign-in")
    expect(page.get_by_role("heading", name=ar("signIn.title"))).to_be_visible()
    expect_mirrored(page)
    page.get_by_label(ar("field.email")).fill(alice.email)
    page.get_by_label(ar("field.password"), exact=True).fill("wrong")
    field = box(page.get_by_label(ar("field.password"), exact=True))
    assert box(page.get_by_text(ar("field.show"), exact=True))["x"] < field["x"] + 10
    button(page, "signIn.submit").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect_mirrored(page)

    for path, text in (
        ("/forgot-password", ar("forgot.text")),
        ("/reset-password", ar("link.incomplete")),
        (f"/join#code={make_code(invitation)}", ar("join.text")),
        ("/join#code=wrong", ar("join.invalid")),
    ):
        page.goto("about:blank")
        page.goto(path)
        expect(page.get_by_text(text)).to_be_visible()
        expect_mirrored(page)


def test_pages_without_the_client_are_mirrored(page: Page, bob: User) -> None:
    link = make_unsubscribe_link(bob.pk)
    page.goto(link[link.index("/unsubscribe/") :])
    expect(page.get_by_role("button")).to_be_visible()
    expect_mirrored(page)
    page.get_by_role("button").click()
    expect(page.get_by_role("link")).to_be_visible()
    expect_mirrored(page)

    page.context.route(re.compile(r"/(?!head)[\w.-]+\.js$"), lambda route: route.abort())
    page.goto("/messages")
    expect(page.locator("#notice")).to_be_visible()
    assert page.evaluate(WIDE) <= 0
    assert page.evaluate("document.dir") == "rtl"


def test_thread_is_mirrored(page: Page, alice: User, story: Conversation) -> None:
    sign_in(page, alice, path_of(story))
    expect(messages(page).last).to_be_visible()
    expect_mirrored(page)
    own = messages(page).last.locator(".bubble")
    other = page.locator(".message.other .bubble").first
    middle = box(page.locator("message-history"))["middle"]
    assert box(own)["right"] < middle < box(other)["right"]
    assert own.evaluate(CORNERS) == [False, True, True, True]
    assert other.evaluate(CORNERS) == [True, True, False, True]
    expect_turned(page.locator(".thread-back .icon, .send-button .icon"))
    end = own.locator(".bubble-end")
    assert box(end.locator(".tick"))["right"] <= box(end.locator("time"))["x"] + 1

    choose_photos(page, picture(), picture(480, 640))
    chosen = page.get_by_role("list", name=ar("photo.chosen")).get_by_role("button")
    expect(chosen).to_have_count(2)
    expect_mirrored(page)
    button(page, "composer.send").click()
    expect_shown(page, 2)
    page.locator(".photo").first.click()
    viewer = page.get_by_role("dialog", name=ar("photo.viewer"))
    status = viewer.get_by_role("status")
    expect(status).to_be_visible()
    first = status.inner_text()
    assert abs(box(viewer.locator(".viewer-steps"))["middle"] - middle_of(page)) < 1
    expect_turned(viewer.locator(".viewer-steps .icon"))
    expect_mirrored(page)
    page.keyboard.press("ArrowLeft")
    expect(status).not_to_have_text(first)
    shown = viewer.locator(".viewer-slide:not([inert])")
    wait_until(page, lambda: abs(box(shown)["x"]) < 1)
    page.keyboard.press("ArrowRight")
    expect(status).to_have_text(first)
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)


def test_actions_on_messages_are_mirrored(page: Page, alice: User, story: Conversation) -> None:
    sign_in(page, alice, path_of(story))
    row = messages(page).last
    expect(row).to_be_visible()
    wait_for_actions(page)
    open_menu(page, row)
    menu = page.locator(".message-menu")
    if not is_phone(page):
        assert abs(box(menu)["x"] - box(row.locator(".bubble"))["x"]) < 1
    expect_mirrored(page)
    expect_turned(menu.locator(".reply .icon"))
    reactions = menu.locator(".menu-reaction")
    expect(reactions.first).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(reactions.nth(1)).to_be_focused()
    assert box(reactions.nth(1))["right"] <= box(reactions.first)["x"] + 1
    page.keyboard.press("ArrowRight")
    expect(reactions.first).to_be_focused()

    reactions.last.click()
    emoji = page.locator(".emoji-picker .emoji")
    expect(emoji.first).to_be_focused()
    expect_mirrored(page)
    page.keyboard.press("ArrowLeft")
    expect(emoji.nth(1)).to_be_focused()
    page.keyboard.press("Escape")

    choose(page, row, "action.reply")
    expect(page.locator(".composer-quote")).to_be_visible()
    expect_turned(page.locator(".composer-mode > .icon"))
    expect_mirrored(page)
    button(page, "composer.cancelReply").click()
    choose(page, row, "action.info")
    expect(page.get_by_role("dialog", name=ar("info.title"))).to_be_visible()
    expect_mirrored(page)
    page.keyboard.press("Escape")
    choose(page, row, "action.edit")
    expect(button(page, "composer.save")).to_be_visible()
    expect_mirrored(page)
    page.keyboard.press("Escape")
    choose(page, row, "action.delete")
    toast = page.locator(".toast")
    expect(toast).to_be_visible()
    if not is_phone(page):
        assert box(toast)["x"] > middle_of(page)
    expect_mirrored(page)


def test_search_is_mirrored(page: Page, alice: User, story: Conversation) -> None:
    sign_in(page, alice, path_of(story))
    expect(messages(page).last).to_be_visible()
    page.locator(".thread-search").click()
    field = page.get_by_role("combobox")
    expect(field).to_be_visible()
    expect_mirrored(page)
    field.fill("Hello")
    expect(page.get_by_role("option").nth(1)).to_be_visible()
    expect_mirrored(page)
    page.get_by_text(ar("search.everywhere")).click()
    field.fill("nobody")
    expect(page.get_by_text(ar("search.nothing"))).to_be_visible()
    page.keyboard.press("Escape")


def test_other_screens_are_mirrored(page: Page, alice: User, story: Conversation) -> None:
    former = make_trainee("erin", alice)
    write(alice, open_conversation(alice, former), ARABIC)
    remove_trainee(trainer=alice, trainee_id=former.pk)
    invite_trainee(trainer=alice, email="erin.evans@example.com", message=ARABIC)
    sign_in(page, alice, "/messages")
    for path, seen in (
        ("/messages", page.locator(".conversation")),
        ("/messages/archived", page.locator(".conversation")),
        ("/trainees", page.locator(".row")),
        (f"/trainees/{story.trainee_id}", page.locator(".back-link")),
        ("/invitations", page.locator(".row")),
        ("/settings", page.locator("unread-emails .choice")),
        ("/nowhere", page.locator(".state")),
    ):
        page.goto(path)
        expect(seen.first).to_be_visible()
        expect(page.locator("[class*=skeleton]")).to_have_count(0)
        expect_mirrored(page)

    page.goto(f"/trainees/{story.trainee_id}")
    expect_turned(page.locator(".back-link .icon"))
    button(page, "trainee.remove").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect_mirrored(page)
    page.goto("/invitations")
    button(page, "invitation.linkFor", email="erin.evans@example.com").click()
    expect(page.get_by_role("dialog").get_by_role("img")).to_be_visible()
    expect_mirrored(page)


def test_lost_connection_is_mirrored(page: Page, bob: User, story: Conversation) -> None:
    sign_in(page, bob, path_of(story))
    expect(messages(page).last).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("textbox").fill(ARABIC)
    button(page, "composer.send").click()
    expect(page.locator(".thread-line .connection-line")).to_contain_text(
        ar("connection.offlineSending")
    )
    expect_mirrored(page)
    page.context.set_offline(False)


def middle_of(page: Page) -> float:
    assert page.viewport_size
    return page.viewport_size["width"] / 2


def open_menu(page: Page, row: Locator) -> None:
    more = row.locator(".message-more")
    if is_phone(page):
        more.dispatch_event("click")
    else:
        row.locator(".bubble").hover()
        more.click()
    expect(page.get_by_role("menu")).to_be_visible()


def choose(page: Page, row: Locator, key: str) -> None:
    open_menu(page, row)
    page.get_by_role("menuitem", name=ar(key), exact=True).click()
