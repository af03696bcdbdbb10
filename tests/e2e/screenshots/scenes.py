"""What there is to see: each scene brings a page to where its picture is taken."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.e2e.screenshots.camera import Camera
from tests.e2e.screenshots.talk import AMELIE, JONAS, LI, MAYA, NEWCOMER, REMOVED, TARIQ

TRAINER, OTHER_TRAINER = "Tina Torres", "Tom Tanner"
Scene = Callable[[Camera], Page]
SCENES: dict[str, Scene] = {}
"""By name, in the order in which they are played: some change what later ones would see."""


def scene(play: Scene) -> Scene:
    SCENES[play.__name__.replace("_", "-")] = play
    return play


# Signing in
# ------------------------------------------------------------------------------
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


@scene
def join(camera: Camera) -> Page:
    return go(camera.new_page(), "/join#code=abc", "Join")


# Messages
# ------------------------------------------------------------------------------
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


# Lost and found
# ------------------------------------------------------------------------------
@scene
def skeletons(camera: Camera) -> Page:
    page = camera.new_page_of(TRAINER)
    page.route("**/api/messaging/**", camera.hold)
    page.goto(camera.thread_of(MAYA))
    expect(page.locator(".bubble-skeleton").first).to_be_visible()
    return page


@scene
def skeleton_list(camera: Camera) -> Page:
    page = camera.new_page_of(TRAINER)
    page.route("**/api/trainer/**", camera.hold)
    page.goto("/trainees")
    expect(page.locator(".skeleton-row").first).to_be_visible()
    return page


@scene
def error(camera: Camera) -> Page:
    page = camera.new_page_of(TRAINER)
    page.route("**/api/messaging/**", lambda route: route.fulfill(status=500, json={}))
    page.goto(camera.thread_of(MAYA))
    expect(page.get_by_role("button", name="Try again").last).to_be_visible()
    return page


@scene
def error_list(camera: Camera) -> Page:
    page = camera.new_page_of(TRAINER)
    page.route("**/api/messaging/**", lambda route: route.fulfill(status=500, json={}))
    page.goto("/messages")
    expect(page.get_by_role("button", name="Try again").first).to_be_visible()
    return page


@scene
def failed(camera: Camera) -> Page:
    page = open_thread(camera, camera.new_page_of(TRAINER), LI)
    refusal = {"detail": "You cannot write to this person.", "code": "participant_gone"}
    page.route("**/send/", lambda route: route.fulfill(status=403, json=refusal))
    write(page, "Bands are in the post.")
    expect(page.get_by_role("button", name="Retry")).to_be_visible()
    return page


@scene
def slow_down(camera: Camera) -> Page:
    page = open_thread(camera, camera.new_page_of(TRAINER), LI)
    headers, refusal = {"Retry-After": "18"}, {"detail": "Too fast.", "code": "throttled"}
    page.route("**/send/", lambda route: route.fulfill(status=429, json=refusal, headers=headers))
    write(page, "And one more thing")
    expect(page.get_by_text("Slow down.")).to_be_visible()
    return page


@scene
def offline(camera: Camera) -> Page:
    page = open_thread(camera, camera.new_page_of(TRAINER), LI)
    page.context.set_offline(True)
    write(page, "Written in a tunnel: three rounds of the stairs, twice a day.")
    expect(page.get_by_text("You are offline")).to_be_visible()
    return page


# Trainees, invitations, settings
# ------------------------------------------------------------------------------
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
    expect(page.get_by_text("There is nothing here")).to_be_visible()
    return page


@scene
def look(camera: Camera) -> Page:
    page = camera.new_page_of(TRAINER, f"/trainees/{camera.people[MAYA]}")
    page.get_by_role("button", name="View as trainee").click()
    expect(page.get_by_text("You are looking through")).to_be_visible()
    expect(page.locator(".message").last).to_be_visible()
    return page


@scene
def update(camera: Camera) -> Page:
    page = settings(camera)
    page.evaluate(
        "dispatchEvent(new CustomEvent('app-update', { detail: { accept() {} } }))",
    )
    return page


# Nothing yet
# ------------------------------------------------------------------------------
@scene
def empty_messages(camera: Camera) -> Page:
    page = camera.page(OTHER_TRAINER)
    page.goto("/messages")
    expect(page.get_by_text("No conversations yet")).to_be_visible()
    return page


@scene
def empty_trainees(camera: Camera) -> Page:
    page = camera.page(OTHER_TRAINER)
    page.goto("/trainees")
    expect(page.get_by_text("No trainees yet")).to_be_visible()
    return page


@scene
def empty_invitations(camera: Camera) -> Page:
    return go(camera.page(OTHER_TRAINER), "/invitations", "Send invitation")


@scene
def empty_trainee(camera: Camera) -> Page:
    page = camera.page(NEWCOMER)
    page.goto("/messages")
    expect(page.get_by_text("Your trainer will reach out here.")).to_be_visible()
    return page


# A trainee's own, which marks as read; and a removal, which cannot be undone
# ------------------------------------------------------------------------------
@scene
def thread_of_a_trainee(camera: Camera) -> Page:
    return open_thread(camera, camera.new_page_of(MAYA), MAYA)


@scene
def unread(camera: Camera) -> Page:
    return open_thread(camera, camera.page(TRAINER), "Sofia Rossi")


@scene
def removed_while_open(camera: Camera) -> Page:
    page = open_thread(camera, camera.new_page_of(JONAS), JONAS)
    camera.post(TRAINER, f"trainer/trainees/{camera.people[JONAS]}/remove/")
    expect(page.get_by_text("This conversation has ended.")).to_be_visible()
    return page


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
    composer(page).press("Enter")
