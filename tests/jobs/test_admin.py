"""Support staff see why a job failed; with permission, they retry or discard it."""

from typing import Any

import pytest
from django.test import Client as Browser

from jobs.models import Job
from jobs.services.enqueueing import enqueue
from tests.admin.conftest import browser_of, make_staff
from tests.jobs.conftest import Register
from tests.jobs.running import claim, fail, states

pytestmark = pytest.mark.django_db

LIST = "/admin/jobs/job/"


@pytest.fixture
def failed(register: Register) -> Job:
    register(retries=0)
    enqueue(kind="note", args={"n": 7}, key="bob")
    fail(claim(), error="The mail server is away.")
    return Job.objects.get()


def act(browser: Browser, action: str, job: Job) -> Any:
    return browser.post(LIST, {"action": action, "_selected_action": [job.pk]}, follow=True)


def staff(*permissions: str) -> Browser:
    return browser_of(make_staff("sam", *permissions))


def test_jobs_are_listed_by_state_with_their_last_error(failed: Job) -> None:
    enqueue(kind="note", key="dora")
    browser = staff("view_job")

    shown = browser.get(LIST, {"state__exact": "failed"}).content.decode()

    assert "The mail server is away." in shown
    assert "dora" not in shown
    assert "given up" in browser.get(f"{LIST}{failed.pk}/change/").content.decode()


@pytest.mark.parametrize(("action", "state"), [("retry", "waiting"), ("discard", "discarded")])
def test_retrying_and_discarding_need_the_change_permission(
    failed: Job, action: str, state: str
) -> None:
    act(staff("view_job"), action, failed)
    assert states() == ["failed"]

    answer = act(browser_of(make_staff("tom", "view_job", "change_job")), action, failed)

    assert states() == [state]
    assert "1 " in answer.content.decode()


def test_job_is_found_by_its_key(failed: Job) -> None:
    enqueue(kind="note", key="dora")

    shown = staff("view_job").get(LIST, {"q": "bob"}).content.decode()

    assert ("bob" in shown, "dora" in shown) == (True, False)
