"""Search, and threads that are opened at a message of the past."""

from playwright.sync_api import Locator, Page, expect

from tests.e2e.extremes import TRAINER as BUSY
from tests.e2e.screenshots.camera import Camera
from tests.e2e.screenshots.scenes.steps import TRAINER, open_thread, scene
from trainer.demo.talks import MAYA


def field(page: Page) -> Locator:
    return page.get_by_role("combobox")


def open_search(camera: Camera, name: str, text: str) -> Page:
    page = camera.page(name)
    page.goto("/messages")
    page.get_by_role("button", name="Search", exact=True).first.click()
    field(page).fill(text)
    return page


@scene
def search(camera: Camera) -> Page:
    return open_search(camera, TRAINER, "")


@scene
def search_results(camera: Camera) -> Page:
    page = open_search(camera, TRAINER, "run")
    expect(page.locator("[role=option] mark").first).to_be_visible()
    return page


@scene
def search_without_results(camera: Camera) -> Page:
    page = open_search(camera, TRAINER, "marathon in Reykjavik")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    return page


@scene
def search_offline(camera: Camera) -> Page:
    page = camera.new_page_of(TRAINER, "/messages")
    page.get_by_role("button", name="Search", exact=True).first.click()
    expect(field(page)).to_be_visible()
    page.context.set_offline(True)
    field(page).fill("run")
    expect(page.get_by_text("searched offline")).to_be_visible()
    return page


@scene
def extreme_search_results(camera: Camera) -> Page:
    page = open_search(camera, BUSY, "long")
    expect(page.get_by_role("option").nth(5)).to_be_visible()
    return page


@scene
def search_in_a_thread(camera: Camera) -> Page:
    page = open_thread(camera, camera.page(TRAINER), MAYA)
    page.get_by_role("button", name="Search this conversation").click()
    field(page).fill("week")
    expect(page.get_by_role("option").first).to_be_visible()
    return page


@scene
def found_message(camera: Camera) -> Page:
    page = search_in_a_thread(camera)
    page.get_by_role("option").last.click()
    expect(page.locator(".message[data-found]")).to_be_visible()
    return page
