"""Replies, reactions, edits and deletions."""

from typing import Any
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect

from tests.e2e.screenshots.camera import Camera
from tests.e2e.screenshots.scenes.steps import TRAINER, composer, open_thread, scene

DANIEL = "Daniel Okafor"
LONG = (
    "Three things for this week. First, the shoulder: ten minutes of band work before each session, and"
    " nothing above the head. Second, sleep. Third, tell me when something hurts, at once, not on Friday."
)


def path_of(camera: Camera) -> str:
    return f"messaging/conversations/{camera.conversations[DANIEL]}"


def send(camera: Camera, name: str, text: str, **fields: Any) -> int:
    """Send a message in the thread of these scenes, and return its id."""
    sent = camera.post(name, f"{path_of(camera)}/send/", content=text, **fields)
    return int(sent["id"])


def react(camera: Camera, name: str, message_id: int, emoji: str) -> None:
    path = f"{path_of(camera)}/messages/{message_id}/reactions/{quote(emoji)}/"
    camera.request(name, "PUT", path)


def newest(page: Page) -> Locator:
    return page.locator(".message").last


def open_menu(page: Page) -> None:
    """Open the menu of the newest message by keys, as the mouse and a finger open it."""
    page.wait_for_load_state("networkidle")  # what opens the menu is loaded after the first screen
    page.get_by_role("log").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("menu")).to_be_visible()


def choose(page: Page, name: str) -> None:
    open_menu(page)
    page.get_by_role("menuitem", name=name, exact=True).click()


@scene
def message_menu(camera: Camera) -> Page:
    page = open_thread(camera, camera.page(TRAINER), DANIEL)
    send(camera, TRAINER, "How is the shoulder today?")
    expect(newest(page)).to_contain_text("How is the shoulder today?")
    open_menu(page)
    return page


@scene
def message_menu_of_another(camera: Camera) -> Page:
    page = open_thread(camera, camera.page(TRAINER), DANIEL)
    send(camera, DANIEL, "Better every day. I can lift the arm above my head again.")
    expect(newest(page)).to_contain_text("Better every day.")
    open_menu(page)
    return page


@scene
def emoji_picker(camera: Camera) -> Page:
    page = message_menu_of_another(camera)
    page.get_by_role("menuitem", name="More").click()
    expect(page.get_by_role("dialog", name="React")).to_be_visible()
    return page


@scene
def reply(camera: Camera) -> Page:
    page = open_thread(camera, camera.new_page_of(TRAINER), DANIEL)
    choose(page, "Reply")
    composer(page).fill("Then we add a kilo on Friday.")
    return page


@scene
def edit(camera: Camera) -> Page:
    page = open_thread(camera, camera.page(TRAINER), DANIEL)
    send(camera, TRAINER, "See you at 5 tomorow.")
    expect(newest(page)).to_contain_text("tomorow")
    choose(page, "Edit")
    expect(composer(page)).to_have_value("See you at 5 tomorow.")
    return page


@scene
def undo(camera: Camera) -> Page:
    """A deletion that can still be undone."""
    page = open_thread(camera, camera.page(TRAINER), DANIEL)
    choose(page, "Delete")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    return page


@scene
def message_info(camera: Camera) -> Page:
    page = open_thread(camera, camera.page(TRAINER), DANIEL)
    choose(page, "Info")
    expect(page.get_by_role("dialog", name="Message info")).to_be_visible()
    return page


@scene
def reactions_and_quotes(camera: Camera) -> Page:
    """Everything that a message can have beside its text."""
    first = send(camera, TRAINER, LONG)
    typo = send(camera, DANIEL, "Understod.")
    deleted = send(camera, DANIEL, "Written to the wrong person.")
    answer = send(camera, DANIEL, "Can I swim?", reply_to=first)
    send(camera, TRAINER, "Who is this for?", reply_to=deleted)
    send(camera, TRAINER, "Yes, on your back.", reply_to=answer)
    send(camera, DANIEL, "مرحبا، شكراً لك على كل شيء", reply_to=first)
    send(camera, DANIEL, "💪🏽🎉")
    camera.request(
        DANIEL, "PATCH", f"{path_of(camera)}/messages/{typo}/", json={"content": "Understood."}
    )
    camera.request(DANIEL, "DELETE", f"{path_of(camera)}/messages/{deleted}/")
    for emoji in ("👍", "❤️", "😂", "🙏", "🔥", "👨‍👩‍👧‍👦"):
        react(camera, DANIEL, first, emoji)
    react(camera, TRAINER, first, "👍")
    react(camera, TRAINER, answer, "👍")
    page = open_thread(camera, camera.page(TRAINER), DANIEL)
    expect(page.get_by_role("button", name="👍 by You").last).to_be_visible()
    return page
