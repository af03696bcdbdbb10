"""What several scenes begin with, and how a scene gets its name."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.e2e.screenshots.camera import Camera

TRAINER, OTHER_TRAINER = "Tina Torres", "Tom Tanner"
Scene = Callable[[Camera], Page]
SCENES: dict[str, Scene] = {}
"""By name, in the order in which they are played: some change what later ones would see."""


def scene(play: Scene) -> Scene:
    SCENES[play.__name__.replace("_", "-")] = play
    return play


def go(page: Page, path: str, button: str) -> Page:
    """Go to a path, and wait for the button that its form has."""
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
    # On a phone Enter makes a line.
    page.get_by_role("button", name="Send", exact=True).click()
