"""Signing in, joining, and resetting a password."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.screenshots.camera import Camera
from tests.e2e.screenshots.scenes.steps import go, scene


@scene
def sign_in(camera: Camera) -> Page:
    return go(camera.new_page(), "/sign-in", "Sign in")


@scene
def sign_in_error(camera: Camera) -> Page:
    page = sign_in(camera)
    page.get_by_label("Email").fill("tina.torres@example.com")
    page.get_by_label("Password", exact=True).fill("not the one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert").filter(has_text=re.compile(r"\w"))).to_be_visible()
    return page


@scene
def forgotten_password(camera: Camera) -> Page:
    return go(camera.new_page(), "/forgot-password", "Send link")


@scene
def forgotten_password_sent(camera: Camera) -> Page:
    page = forgotten_password(camera)
    page.get_by_label("Email").fill("tina.torres@example.com")
    page.get_by_role("button", name="Send link").click()
    expect(page.get_by_role("status").filter(has_text=re.compile(r"\w"))).to_be_visible()
    return page


@scene
def reset_password(camera: Camera) -> Page:
    return go(camera.new_page(), "/reset-password#uid=MQ&token=abc", "Set password")


INVITATION = {
    "trainer": {
        "first_name": "Tina",
        "last_name": "Torres",
        "business_name": "Torres Training",
        "profile_image": None,
    },
    "email": "zoe@example.com",
    "message": "Hi Zoe!\nI am looking forward to our first session.",
    "expires_at": "2030-01-01T00:00:00.000000Z",
}


@scene
def join(camera: Camera) -> Page:
    page = camera.new_page()
    page.route("**/auth/invitations/preview/", lambda route: route.fulfill(json=INVITATION))
    return go(page, "/join#code=abc", "Join")


@scene
def join_by_a_dead_link(camera: Camera) -> Page:
    page = camera.new_page()
    page.goto("/join#code=abc")
    expect(page.get_by_role("heading", name="This link doesn’t work")).to_be_visible()
    return page
