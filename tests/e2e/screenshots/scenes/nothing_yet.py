"""Empty screens."""

from playwright.sync_api import Page, expect

from tests.e2e.screenshots.camera import Camera
from tests.e2e.screenshots.scenes.steps import OTHER_TRAINER, go, scene
from trainer.demo.talks import NEWCOMER


@scene
def empty_messages(camera: Camera) -> Page:
    page = camera.page(OTHER_TRAINER)
    page.goto("/messages")
    expect(page.get_by_text("No conversations")).to_be_visible()
    return page


@scene
def empty_trainees(camera: Camera) -> Page:
    page = camera.page(OTHER_TRAINER)
    page.goto("/trainees")
    expect(page.get_by_text("No trainees")).to_be_visible()
    return page


@scene
def empty_invitations(camera: Camera) -> Page:
    return go(camera.page(OTHER_TRAINER), "/invitations", "Send invitation")


@scene
def empty_trainee(camera: Camera) -> Page:
    page = camera.page(NEWCOMER)
    page.goto("/messages")
    expect(page.get_by_text("Messages from your trainer will appear here.")).to_be_visible()
    return page
