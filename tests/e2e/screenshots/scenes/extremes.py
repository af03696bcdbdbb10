"""Long names, long words, other scripts, emoji, and two hundred conversations."""

from playwright.sync_api import Locator, Page, expect

from tests.e2e.extremes import CHRISTOPHER, NAMES, TRAINER
from tests.e2e.screenshots.camera import Camera
from tests.e2e.screenshots.scenes.steps import composer, go, open_thread, scene

FIRST = " ".join(CHRISTOPHER)
ARABIC = " ".join(NAMES[3])
LONGEST = " ".join(NAMES[6])


def rows(page: Page, name: str = "Conversations") -> Locator:
    return page.get_by_role("list", name=name).get_by_role("link")


@scene
def extreme_messages(camera: Camera) -> Page:
    page = camera.page(TRAINER)
    page.goto("/messages")
    expect(rows(page).first).to_be_visible()
    return page


@scene
def extreme_messages_further_down(camera: Camera) -> Page:
    page = extreme_messages(camera)
    rows(page).nth(45).scroll_into_view_if_needed()
    return page


@scene
def extreme_new_thread(camera: Camera) -> Page:
    """A draft of one long word, before the first message is sent."""
    page = open_thread(camera, camera.page(TRAINER), LONGEST)
    composer(page).fill("w" * 1950)
    return page


@scene
def extreme_thread(camera: Camera) -> Page:
    page = open_thread(camera, camera.page(TRAINER), FIRST)
    page.locator(".newest-button").click()
    return page


@scene
def extreme_thread_from_right_to_left(camera: Camera) -> Page:
    return open_thread(camera, camera.page(TRAINER), ARABIC)


@scene
def extreme_archive(camera: Camera) -> Page:
    page = camera.page(TRAINER)
    page.goto("/messages/archived")
    rows(page, "Archived").nth(3).click()
    expect(page.locator(".message").last).to_be_visible()
    page.goto("/messages/archived")
    expect(rows(page, "Archived").first).to_be_visible()
    return page


@scene
def extreme_trainees(camera: Camera) -> Page:
    page = camera.page(TRAINER)
    page.goto("/trainees")
    expect(page.get_by_role("link", name=f"Message {FIRST}")).to_be_visible()
    return page


@scene
def extreme_trainee(camera: Camera) -> Page:
    page = camera.page(TRAINER)
    page.goto(f"/trainees/{camera.people[LONGEST]}")
    expect(page.get_by_role("heading", name=LONGEST)).to_be_visible()
    return page


@scene
def extreme_remove_dialog(camera: Camera) -> Page:
    page = extreme_trainee(camera)
    page.get_by_role("button", name="Remove trainee").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    return page


@scene
def extreme_invitation_link(camera: Camera) -> Page:
    page = go(camera.page(TRAINER), "/invitations", "Send invitation")
    page.get_by_role("button", name="Show the QR code").first.click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    return page


@scene
def extreme_invitations(camera: Camera) -> Page:
    page = go(camera.page(TRAINER), "/invitations", "Send invitation")
    expect(page.get_by_role("button", name="Resend")).to_be_visible()
    return page


@scene
def extreme_impersonation(camera: Camera) -> Page:
    page = camera.new_page_of(TRAINER, f"/trainees/{camera.people[LONGEST]}")
    page.get_by_role("button", name="View as trainee").click()
    expect(page.get_by_text("You are viewing as")).to_be_visible()
    expect(page.locator(".message").last).to_be_visible()
    return page
