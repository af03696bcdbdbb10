"""Keyboards and screen readers; axe checks every screen in both themes, on a desktop and a phone."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from messaging.models import Conversation
from tests.e2e.devices import (
    DESK,
    PHONE,
    Hold,
    OpenDevice,
    Sockets,
    wait_for_animations,
    wait_until,
)
from tests.e2e.screens import (
    composer,
    conversation_with,
    expect_tick,
    full_name,
    log,
    message,
    open_thread,
    path_of,
    sign_in,
    write,
)
from tests.factories import PASSWORD, make_trainee, open_conversation, tokens_of
from tests.factories import write as write_history
from tests.system.people import Person
from tests.system.server import WebServer
from trainer.codes import make_code
from trainer.services.invitations import invite_trainee
from trainer.services.trainees import remove_trainee
from users.models import User

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
RUN_AXE = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(" | ")}`);
}"""


def serious_findings(page: Page) -> list[str]:
    """Return axe's serious and critical findings, with their elements, once nothing moves."""
    wait_for_animations(page)
    page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN_AXE)
    return found


@pytest.fixture
def cast(alice: User, bob: User, conversation: Conversation) -> Conversation:
    """Data on every screen: messages of all kinds, an archived conversation, an invitation."""
    write_history(bob, conversation, "See https://example.com/squat", "שלום 💪")
    carol = make_trainee("carol", alice)
    open_conversation(alice, carol, "Good bye")
    remove_trainee(trainer=alice, trainee_id=carol.pk)
    invite_trainee(trainer=alice, email="erin@example.com")
    return conversation


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("held", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_serious_on_any_screen_of_a_trainer(
    open_device: OpenDevice,
    held: dict[str, Any],
    theme: str,
    alice: User,
    bob: User,
    cast: Conversation,
) -> None:
    page = open_device(**held, color_scheme=theme, reduced_motion="reduce")
    sign_in(page, alice)
    archived = Conversation.objects.get(is_archived=True)
    screens: dict[str, Callable[[], None]] = {
        "/messages": lambda: expect(conversation_with(page, bob)).to_be_visible(),
        path_of(cast): lambda: expect(message(page, "Hello")).to_be_visible(),
        "/messages/archived": lambda: expect(page.get_by_text("Removed").first).to_be_visible(),
        f"/messages/archived/{archived.pk}": lambda: expect(
            message(page, "Good bye")
        ).to_be_visible(),
        "/trainees": lambda: expect(page.get_by_text("1 trainee").last).to_be_visible(),
        f"/trainees/{cast.trainee_id}": lambda: expect(
            page.get_by_role("heading", name="Bob Tester")
        ).to_be_visible(),
        "/invitations": lambda: expect(page.get_by_text("Pending")).to_be_visible(),
        "/settings": lambda: expect(page.get_by_label("Dark")).to_be_visible(),
        "/nowhere": lambda: expect(page.get_by_text("Page not found")).to_be_visible(),
    }

    assert list_findings(page, screens) == {}


test_axe_finds_nothing_serious_on_any_screen_of_a_trainer = pytest.mark.complains(r"status of 404")(
    test_axe_finds_nothing_serious_on_any_screen_of_a_trainer
)


def list_findings(page: Page, screens: Mapping[str, Callable[[], None]]) -> dict[str, list[str]]:
    """Open each screen, wait until it is complete, and return axe's findings."""
    findings = {}
    for path, wait in screens.items():
        page.goto(path)
        wait()
        page.wait_for_load_state("networkidle")
        findings[path] = serious_findings(page)
    return {path: found for path, found in findings.items() if found}


def wait_for_button(page: Page, name: str) -> None:
    expect(page.get_by_role("button", name=name)).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_before_the_sign_in(
    open_device: OpenDevice, alice: User, theme: str
) -> None:
    page = open_device(**PHONE, color_scheme=theme)
    invitation, _ = invite_trainee(trainer=alice, email="erin@example.com", message="Join us!")
    link = f"/join#code={make_code(invitation)}"
    paths = ("/sign-in", "/forgot-password", "/reset-password#uid=a&token=b", link)
    buttons = ("Sign in", "Send link", "Set password", "Join")
    screens = {
        path: partial(wait_for_button, page, name)
        for path, name in zip(paths, buttons, strict=True)
    }

    assert list_findings(page, screens) == {}


@pytest.mark.complains("status of 400")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_with_an_invitation_s_link(
    open_device: OpenDevice, alice: User, theme: str
) -> None:
    page = open_device(**PHONE, color_scheme=theme)
    invite_trainee(trainer=alice, email="erin@example.com")
    page.goto("/join#code=unknown")
    expect(page.get_by_role("heading", name="This link doesn’t work")).to_be_visible()
    findings = serious_findings(page)
    sign_in(page, alice, "/invitations")
    page.get_by_role("button", name="Show the QR code for erin@example.com").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()

    assert findings + serious_findings(page) == []


@pytest.mark.complains(r"net::ERR_INTERNET_DISCONNECTED", r"WebSocket connection")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_transient_states(
    open_device: OpenDevice, theme: str, alice: User, cast: Conversation
) -> None:
    page = open_thread(open_device(color_scheme=theme, reduced_motion="reduce"), alice, cast)
    page.context.set_offline(True)
    write(page, "waits")
    composer(page).fill("x" * 2001)
    expect_tick(page, "waits", "Sending")
    expect(page.get_by_text("You are offline")).to_be_visible()
    states = {"offline": serious_findings(page)}
    page.context.set_offline(False)
    expect_tick(page, "waits", "Sent")
    page.goto(f"/trainees/{cast.trainee_id}")
    page.get_by_role("button", name="Remove trainee").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    states["dialog"] = serious_findings(page)
    page.keyboard.press("Escape")
    page.goto("/settings")
    page.get_by_role("button", name="Delete account").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    states["deletion"] = serious_findings(page)
    page.goto(f"/trainees/{cast.trainee_id}")
    page.get_by_role("button", name="View as trainee").click()
    expect(page.get_by_text("You are viewing as")).to_be_visible()
    states["impersonation"] = serious_findings(page)

    assert {state: found for state, found in states.items() if found} == {}


def test_whole_story_by_keyboard_alone(
    desk: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    carol = make_trainee("carol", alice)
    open_conversation(alice, carol, "Hello Carol")
    desk.goto("/sign-in")
    expect(desk.get_by_label("Email")).to_be_visible()
    press_until(desk, "Tab", desk.get_by_label("Email"))
    desk.keyboard.type(alice.email)
    press_until(desk, "Tab", desk.get_by_label("Password", exact=True))
    desk.keyboard.type(PASSWORD)
    desk.keyboard.press("Enter")

    expect(conversation_with(desk, carol)).to_be_visible()
    press_until(desk, "Tab", conversation_with(desk, carol))
    desk.keyboard.press("ArrowDown")
    expect(conversation_with(desk, bob)).to_be_focused()
    desk.keyboard.press("Enter")
    expect(composer(desk)).to_be_focused()
    desk.keyboard.type("by keyboard")
    desk.keyboard.press("Enter")

    expect_tick(desk, "by keyboard", "Sent")
    expect(conversation_with(desk, bob)).to_have_attribute("aria-current", "page")
    desk.keyboard.press("Escape")
    expect(conversation_with(desk, bob)).to_be_focused()


def press_until(page: Page, key: str, target: Any) -> None:
    """Press a key until an element has the focus, and check that the focus is visible."""
    for _ in range(20):
        if target.evaluate("element => element === document.activeElement"):
            break
        page.keyboard.press(key)
    expect(target).to_be_focused()
    style = target.evaluate(
        "e => { const { outlineStyle, boxShadow } = getComputedStyle(e);"
        " return outlineStyle !== 'none' || boxShadow !== 'none'; }"
    )
    assert style, f"The focus on {target} is not visible."


def test_new_messages_are_announced_once_and_old_ones_never(
    desk: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    write_history(bob, conversation, "of yesterday")
    desk.add_init_script(LISTEN)
    sockets = Sockets(desk)
    open_thread(desk, alice, conversation)
    # Messages that arrive before the socket is live belong to catching up, and are not announced.
    wait_until(desk, lambda: any(f"/{conversation.pk}/" in url for url in sockets.live))
    his = Person(server, tokens_of(bob))

    his.send(conversation.pk, "news one")
    expect(message(desk, "news one")).to_be_visible()
    write(desk, "my answer")
    expect_tick(desk, "my answer", "Sent")
    his.send(conversation.pk, "news two")
    expect(message(desk, "news two")).to_be_visible()

    said = "globalThis.said.filter(text => /news|yesterday|answer/.test(text))"
    wait_until(desk, lambda: len(desk.evaluate(said)) > 1)
    assert desk.evaluate(said) == [f"{full_name(bob)}: news one", f"{full_name(bob)}: news two"]
    expect(log(desk)).to_have_attribute("aria-live", "off")


@pytest.mark.complains(r"status of 400")
def test_what_happens_before_the_announcer_is_loaded_is_announced_then(
    desk: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    desk.add_init_script(LISTEN)
    desk.route("**/send/", lambda route: route.fulfill(status=400, json={"content": ["Refused."]}))
    late = Hold(desk, re.compile(r"/bundles/later[.\w]*\.js"))
    sockets = Sockets(desk)
    open_thread(desk, alice, conversation)
    wait_until(desk, lambda: any(f"/{conversation.pk}/" in url for url in sockets.live))
    his = Person(server, tokens_of(bob))
    his.send(conversation.pk, "news that stays")
    regretted = his.send(conversation.pk, "news to delete").json()
    expect(message(desk, "news to delete")).to_be_visible()
    path = f"messaging/conversations/{conversation.pk}/messages/{regretted['id']}/"
    assert his.http.delete(path).status_code == 204
    expect(message(desk, "news to delete")).to_have_count(0)
    write(desk, "too bad")
    expect_tick(desk, "too bad", "Not sent")
    late.wait()

    late.release()

    said = "globalThis.said.filter(text => /news|too bad/.test(text))"
    wait_until(desk, lambda: len(desk.evaluate(said)) > 1)
    assert desk.evaluate(said) == [f"{full_name(bob)}: news that stays", "Not sent: too bad"]


@pytest.mark.complains(r"status of 400")
def test_failed_message_is_announced_once(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    desk.add_init_script(LISTEN)
    desk.route("**/send/", lambda route: route.fulfill(status=400, json={"content": ["Refused."]}))
    open_thread(desk, alice, conversation)

    write(desk, "too bad")
    expect_tick(desk, "too bad", "Not sent")
    write(desk, "another one")
    expect_tick(desk, "another one", "Not sent")

    said = "globalThis.said.filter(text => text.startsWith('Not sent'))"
    wait_until(desk, lambda: len(desk.evaluate(said)) > 1)
    assert desk.evaluate(said) == ["Not sent: too bad", "Not sent: another one"]


def test_focus_stays_on_a_row_moved_by_a_new_message(
    desk: Page, server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    # If there were only two rows, the other row would move instead of this one.
    for name in ("carol", "dave"):
        open_conversation(alice, make_trainee(name, alice), "Hello")
    sign_in(desk, alice)
    conversation_with(desk, bob).focus()
    rows = desk.get_by_role("list", name="Conversations").get_by_role("listitem")
    expect(rows.nth(2)).to_contain_text(full_name(bob))

    Person(server, tokens_of(bob)).send(conversation.pk, "news")

    expect(rows.nth(0)).to_contain_text(full_name(bob))
    expect(conversation_with(desk, bob)).to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_focus_ring_contrasts_with_its_background(
    open_device: OpenDevice, theme: str, alice: User, cast: Conversation
) -> None:
    page = open_thread(open_device(color_scheme=theme), alice, cast)
    write(page, "See https://example.com/own")
    expect(message(page, "See https://example.com/own")).to_be_visible()
    page.evaluate(
        """async () => {
            // The page loads it once the messages are there.
            await customElements.whenDefined("app-toast");
            dispatchEvent(new CustomEvent("app-toast", {
                detail: { text: "Done.", action: { label: "Undo", run() {} } },
            }));
        }"""
    )
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    expect(page.get_by_role("link", name="https://example.com/own", exact=True)).to_be_visible()

    contrasts: dict[str, float] = page.evaluate(RING_CONTRASTS)

    assert {name: each for name, each in contrasts.items() if each < 3} == {}
    assert {"Undo", "Close", "https://example.com/own"} <= contrasts.keys()


# For each element's name: the contrast of its focus ring with the nearest background around or below.
RING_CONTRASTS = """() => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const rgba = color => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const luminance = ([red, green, blue]) => {
        const linear = [red, green, blue].map(each => each / 255)
            .map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    };
    const backgroundOf = element => {
        const color = rgba(getComputedStyle(element).backgroundColor);
        return color[3] === 255 || !element.parentElement
            ? color : backgroundOf(element.parentElement);
    };
    const contrast = element => {
        element.focus({ focusVisible: true });
        const { outlineColor, outlineOffset } = getComputedStyle(element);
        const isInside = parseFloat(outlineOffset) < 0;
        const behind = backgroundOf(isInside ? element : element.parentElement);
        const [one, other] = [luminance(rgba(outlineColor)), luminance(behind)];
        return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    };
    const nameOf = element => element.getAttribute("aria-label") ?? element.innerText.trim();
    const all = [...document.querySelectorAll("a, button")].filter(each => each.checkVisibility());
    return Object.fromEntries(all.map(each => [nameOf(each), contrast(each)]));
}"""


# Records what a screen reader would announce: text that is added to a live region.
LISTEN = """
    globalThis.said = [];
    const live = "[role=status], [role=alert], [aria-live=polite], [aria-live=assertive]";
    const listen = records => {
        for (const { addedNodes, target, type } of records) {
            const element = target.nodeType === 1 ? target : target.parentElement;
            const region = element?.closest(`${live}, [role=log]`);
            if (!region || region.getAttribute("aria-live") === "off") continue;
            const nodes = type === "characterData" ? [target] : [...addedNodes];
            const texts = nodes.map(node => node.textContent.trim()).filter(Boolean);
            said.push(...texts);
        }
    };
    const options = { subtree: true, childList: true, characterData: true };
    addEventListener("DOMContentLoaded", () =>
        new MutationObserver(listen).observe(document.body, options));
"""


@pytest.mark.parametrize(
    "size",
    [(360, 640), (720, 450), (768, 1024), (1440, 900)],
    ids=["360 px", "200 % of 1440", "768 px", "1440 px"],
)
def test_nothing_is_cut_off_or_scrolls_sideways(
    open_device: OpenDevice, size: tuple[int, int], alice: User, cast: Conversation
) -> None:
    page = open_device(viewport={"width": size[0], "height": size[1]})
    sign_in(page, alice)
    for path in ("/messages", path_of(cast), "/trainees", "/invitations", "/settings"):
        page.goto(path)
        expect(page.get_by_role("main")).to_contain_text(path_word(path))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.goto(path_of(cast))
    expect(composer(page)).to_be_in_viewport()
    expect(page.get_by_role("button", name="Send")).to_be_in_viewport()


def path_word(path: str) -> str:
    words = {"/trainees": "1 trainee", "/invitations": "Pending", "/settings": "Appearance"}
    return words.get(path, "Bob Tester" if path == "/messages" else "https://example.com/squat")


def test_composer_stays_above_the_keyboard_of_a_phone(
    open_device: OpenDevice, bob: User, cast: Conversation
) -> None:
    """A keyboard takes half of the height; the browser resizes the page for it."""
    page = open_thread(open_device(**PHONE), bob, cast)
    composer(page).tap()
    page.set_viewport_size({"width": 390, "height": 420})

    expect(composer(page)).to_be_in_viewport(ratio=1)
    expect(message(page, "שלום 💪")).to_be_in_viewport()
    fits = "document.documentElement.scrollHeight <= innerHeight"
    wait_until(page, lambda: page.evaluate(fits))


def test_nothing_moves_with_reduced_motion(
    open_device: OpenDevice, alice: User, cast: Conversation
) -> None:
    page = open_device(reduced_motion="reduce")
    open_thread(page, alice, cast)

    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter(element => {
            const { animationName, animationDuration, transitionDuration } =
                getComputedStyle(element);
            const longest = Math.max(...transitionDuration.split(",").map(parseFloat));
            const isAnimated = animationName !== "none" && parseFloat(animationDuration) > 0.01;
            return isAnimated || longest > 0.01;
        }).map(element => element.className || element.localName)"""
    )

    assert moving == []
