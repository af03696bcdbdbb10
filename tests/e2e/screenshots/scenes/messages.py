"""Conversations and threads in their normal state."""

from playwright.sync_api import Page, expect

from tests.e2e.screenshots.camera import Camera
from tests.e2e.screenshots.scenes.steps import TRAINER, composer, open_thread, scene
from trainer.demo.talks import AMELIE, MAYA, NEWCOMER, REMOVED, TARIQ


@scene
def messages(camera: Camera) -> Page:
    page = camera.page(TRAINER)
    page.goto("/messages")
    expect(page.get_by_role("list", name="Conversations").get_by_role("link")).to_have_count(12)
    return page


@scene
def thread(camera: Camera) -> Page:
    return open_thread(camera, camera.page(TRAINER), MAYA)


@scene
def thread_history(camera: Camera) -> Page:
    page = thread(camera)
    page.get_by_text("Here is the plan").scroll_into_view_if_needed()
    return page


@scene
def thread_of_many_scripts(camera: Camera) -> Page:
    return open_thread(camera, camera.page(TRAINER), TARIQ)


@scene
def typing(camera: Camera) -> Page:
    page = open_thread(camera, camera.page(TRAINER), AMELIE)
    other = open_thread(camera, camera.new_page_of(AMELIE), AMELIE)
    composer(other).press_sequentially("On my way")
    expect(page.get_by_text("is typing")).to_be_visible()
    return page


@scene
def new_message(camera: Camera) -> Page:
    page = camera.page(TRAINER)
    page.goto(f"/messages?trainee={camera.people[NEWCOMER]}")
    composer(page).fill("Welcome, Emma! When shall we begin?")
    return page


@scene
def archive(camera: Camera) -> Page:
    page = camera.page(TRAINER)
    page.goto("/messages/archived")
    expect(page.get_by_role("list", name="Archived").get_by_role("link")).to_have_count(1)
    return page


@scene
def archived_thread(camera: Camera) -> Page:
    page = camera.page(TRAINER)
    page.goto(f"/messages/archived/{camera.conversations[REMOVED]}")
    expect(page.locator(".message").last).to_be_visible()
    return page
