"""Steps that several scenes share, and the registry of scenes."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.e2e.screenshots.camera import Camera

TRAINER, OTHER_TRAINER = "Tina Torres", "Tom Tanner"
Scene = Callable[[Camera], Page]
SCENES: dict[str, Scene] = {}
"""Scenes by name, in the order in which they run: some change what later ones would show."""


def scene(play: Scene) -> Scene:
    SCENES[play.__name__.replace("_", "-")] = play
    return play


def go(page: Page, path: str, button: str) -> Page:
    """Open a path, and wait for the button of its form."""
    page.goto(path)
    expect(page.get_by_role("button", name=button, exact=True)).to_be_visible()
    return page


def open_thread(camera: Camera, page: Page, trainee_name: str) -> Page:
    page.goto(camera.thread_of(trainee_name))
    expect(page.locator(".message").last).to_be_visible()
    return page


def composer(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Message")


def write(page: Page, text: str) -> None:
    composer(page).fill(text)
    # On a phone Enter adds a line.
    page.get_by_role("button", name="Send", exact=True).click()
