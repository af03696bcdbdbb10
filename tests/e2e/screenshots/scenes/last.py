"""Scenes that change the data: a trainee's thread, which marks messages as read, and a removal."""

from playwright.sync_api import Page, expect

from tests.e2e.screenshots.camera import Camera
from tests.e2e.screenshots.scenes.steps import TRAINER, open_thread, scene
from trainer.demo.talks import JONAS, MAYA


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
