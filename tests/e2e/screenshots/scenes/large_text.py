"""Text at 200 %, as set by people with low vision."""

from playwright.sync_api import Page, expect

from tests.e2e.devices import enlarge_text
from tests.e2e.extremes import CHRISTOPHER, TRAINER
from tests.e2e.screenshots.camera import Camera
from tests.e2e.screenshots.scenes.steps import scene

FIRST = " ".join(CHRISTOPHER)


def open_large(camera: Camera, path: str) -> Page:
    page = camera.new_page_of(TRAINER, path)
    enlarge_text(page)
    return page


@scene
def large_messages(camera: Camera) -> Page:
    page = open_large(camera, "/messages")
    expect(page.locator(".conversation").first).to_be_visible()
    return page


@scene
def large_thread(camera: Camera) -> Page:
    page = open_large(camera, camera.thread_of(FIRST))
    expect(page.locator(".message").last).to_be_attached()
    return page


@scene
def large_trainees(camera: Camera) -> Page:
    page = open_large(camera, "/trainees")
    expect(page.get_by_role("link", name=f"Message {FIRST}")).to_be_visible()
    return page


@scene
def large_trainee(camera: Camera) -> Page:
    page = open_large(camera, f"/trainees/{camera.people[FIRST]}")
    expect(page.get_by_role("heading", name=FIRST)).to_be_visible()
    return page


@scene
def large_settings(camera: Camera) -> Page:
    page = open_large(camera, "/settings")
    page.get_by_text("System").scroll_into_view_if_needed()
    return page


@scene
def large_invitations(camera: Camera) -> Page:
    page = open_large(camera, "/invitations")
    page.get_by_role("button", name="Revoke").scroll_into_view_if_needed()
    return page


@scene
def large_sign_in(camera: Camera) -> Page:
    page = camera.new_page()
    page.goto("/sign-in")
    expect(page.get_by_role("button", name="Sign in")).to_be_attached()
    enlarge_text(page)
    return page
