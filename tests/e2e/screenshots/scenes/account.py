"""Trainees, invitations and settings."""

from playwright.sync_api import Page, expect

from tests.e2e.screenshots.camera import Camera
from tests.e2e.screenshots.scenes.steps import TRAINER, go, scene
from trainer.demo.talks import MAYA


@scene
def trainees(camera: Camera) -> Page:
    page = camera.page(TRAINER)
    page.goto("/trainees")
    expect(page.get_by_role("link", name="Message Amélie Durand")).to_be_visible()
    return page


@scene
def trainees_found(camera: Camera) -> Page:
    page = trainees(camera)
    page.get_by_label("Search trainees").fill("ma")
    expect(page.get_by_role("link", name="Message Amélie Durand")).to_have_count(0)
    return page


@scene
def trainees_not_found(camera: Camera) -> Page:
    page = trainees(camera)
    page.get_by_label("Search trainees").fill("nobody of this name")
    expect(page.get_by_role("link", name="Show all trainees")).to_be_visible()
    return page


@scene
def trainee(camera: Camera) -> Page:
    page = camera.page(TRAINER)
    page.goto(f"/trainees/{camera.people[MAYA]}")
    expect(page.get_by_role("heading", name=MAYA)).to_be_visible()
    return page


@scene
def remove_dialog(camera: Camera) -> Page:
    page = trainee(camera)
    page.get_by_role("button", name="Remove trainee").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    return page


@scene
def invitations(camera: Camera) -> Page:
    page = go(camera.page(TRAINER), "/invitations", "Send invitation")
    expect(page.get_by_text("Joined")).to_be_visible()
    return page


@scene
def settings(camera: Camera) -> Page:
    return go(camera.page(TRAINER), "/settings", "Save profile")


@scene
def settings_end(camera: Camera) -> Page:
    page = settings(camera)
    page.get_by_role("button", name="Change password").scroll_into_view_if_needed()
    return page


@scene
def not_found(camera: Camera) -> Page:
    page = camera.page(TRAINER)
    page.goto("/nowhere")
    expect(page.get_by_text("Page not found")).to_be_visible()
    return page


@scene
def impersonation(camera: Camera) -> Page:
    page = camera.new_page_of(TRAINER, f"/trainees/{camera.people[MAYA]}")
    page.get_by_role("button", name="View as trainee").click()
    expect(page.get_by_text("You are viewing as")).to_be_visible()
    expect(page.locator(".message").last).to_be_visible()
    return page


@scene
def update(camera: Camera) -> Page:
    page = settings(camera)
    page.evaluate(
        "dispatchEvent(new CustomEvent('app-update', { detail: { accept() {} } }))",
    )
    return page
