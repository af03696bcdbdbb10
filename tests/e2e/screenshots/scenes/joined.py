"""Somebody who has just joined, on both sides, and what is offered then."""

from playwright.sync_api import Page, expect

from tests.e2e.screenshots.camera import Camera
from tests.e2e.screenshots.people import PASSWORD
from tests.e2e.screenshots.scenes.steps import TRAINER, scene, write
from trainer.demo.talks import AMELIE

IPHONE = """
delete window.Notification;
const agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) Version/17.4 Safari/604.1";
Object.defineProperty(navigator, "userAgent", { get: () => agent });
"""


def invite(camera: Camera, email: str) -> str:
    """Invite somebody, and return the code of the link."""
    message = "Looking forward to working with you. Bring your running shoes!"
    made = camera.post(TRAINER, "trainer/invitations/", email=email, message=message)
    return str(made["invitation_code"])


def accept(camera: Camera, first_name: str) -> Page:
    """Accept an invitation on a new page, which then shows the conversation."""
    page = camera.new_page()
    page.goto(f"/join#code={invite(camera, f'{first_name.lower()}@example.com')}")
    page.get_by_label("First name").fill(first_name)
    page.get_by_label("Last name").fill("Evans")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page.locator(".event-text")).to_have_text("You have joined")
    return page


@scene
def joined(camera: Camera) -> Page:
    return accept(camera, "Erin")


@scene
def list_with_somebody_who_has_joined(camera: Camera) -> Page:
    accept(camera, "Zoe")
    page = camera.page(TRAINER)
    page.goto("/messages")
    expect(page.get_by_text("Zoe has joined")).to_be_visible()
    return page


@scene
def notification_offer(camera: Camera) -> Page:
    page = accept(camera, "Finn")
    write(page, "Hello Tina, I am looking forward to it!")
    expect(page.locator("notification-offer .offer").filter(visible=True)).to_be_visible()
    return page


@scene
def steps_to_the_home_screen(camera: Camera) -> Page:
    """What an iPhone shows, whose browser cannot notify before that."""
    page = camera.new_page()
    page.add_init_script(IPHONE)
    camera.sign_in(page, AMELIE, camera.thread_of(AMELIE))
    write(page, "Good morning!")
    expect(page.locator("notification-offer .offer").filter(visible=True)).to_be_visible()
    return page


@scene
def invitation_link(camera: Camera) -> Page:
    invite(camera, "gina@example.com")
    page = camera.page(TRAINER)
    page.goto("/invitations")
    page.get_by_role("button", name="Show the QR code").first.click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    return page
