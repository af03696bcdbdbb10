"""Loading states, errors, and messages that wait."""

from playwright.sync_api import Page, expect

from tests.e2e.screenshots.camera import Camera
from tests.e2e.screenshots.scenes.steps import TRAINER, open_thread, scene, write
from trainer.demo.talks import LI, MAYA


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
    page = camera.new_page()
    page.route("**/api/messaging/**", lambda route: route.fulfill(status=500, json={}))
    camera.sign_in(page, TRAINER, "/messages")
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
    expect(page.get_by_role("timer")).to_be_visible()
    return page


@scene
def offline(camera: Camera) -> Page:
    page = open_thread(camera, camera.new_page_of(TRAINER), LI)
    page.context.set_offline(True)
    write(page, "Written in a tunnel: three rounds of the stairs, twice a day.")
    expect(page.get_by_text("You are offline")).to_be_visible()
    return page
