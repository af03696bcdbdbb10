"""The admin's forms with passwords: a few are processed at a time, a few wait, others get 503."""

import asyncio
from typing import Any

import pytest

from server.password_forms import FewPasswordForms
from server.slots import make_password_slots
from tests.server.requests import Request, wait_for


class Pages:
    """Replaces Django's handler; it responds to a POST only after it has been released."""

    def __init__(self) -> None:
        self.may_end = asyncio.Event()
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.bodies.append((await receive())["body"])
        if scope["method"] == "POST":
            await self.may_end.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def post(path: str, number: int) -> Request:
    """Return a form from a network of its own."""
    return Request("POST", path, b"%d" % number, network=f"192.0.2.{number}")


@pytest.mark.parametrize(
    "path",
    [
        "/admin/login/",
        "/admin/password_change/",
        "/admin/users/user/add/",
        "/admin/users/user/1/password/",
    ],
)
def test_few_forms_with_passwords_run_at_a_time_in_the_admin(
    settings: Any, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings.PASSWORD_THREADS, settings.PASSWORD_QUEUE = 1, 2

    async def story() -> tuple[list[bytes], list[Request]]:
        pages = Pages()
        app = FewPasswordForms(pages, make_password_slots())
        half = Request("POST", path, b"half", is_held=True)
        forms = [half, *(post(path, number) for number in range(5))]
        tasks = [each.begin(app) for each in forms]
        await wait_for(lambda: sum(each.status != 0 for each in forms) == 2)
        await Request("GET", path).ask(app)
        bodies = list(pages.bodies)
        pages.may_end.set()
        half.may_end.set()
        await asyncio.gather(*tasks)
        return bodies, forms

    bodies, forms = asyncio.run(story())

    assert bodies == [b"0", b""]  # a GET does not wait
    assert [each.status for each in forms] == [200, 200, 200, 200, 503, 503]
    refused = forms[-1]
    assert (refused.headers["retry-after"], refused.headers["cache-control"]) == ("2", "no-store")
    assert refused.headers["content-type"] == "text/html; charset=utf-8"
    assert b"Wait a few seconds" in refused.content
    assert [(each.name, each.levelname) for each in caplog.records] == [
        ("server.password_forms", "WARNING")
    ] * 2


def test_admin_and_api_share_their_slots(settings: Any) -> None:
    settings.PASSWORD_THREADS, settings.PASSWORD_QUEUE = 1, 2
    slots = make_password_slots()

    async def story() -> list[bytes]:
        pages = Pages()
        form = post("/admin/login/", 1)
        async with slots.hold("198.51.100.1", asyncio.Event().wait):  # as the API does
            task = form.begin(FewPasswordForms(pages, slots))
            await wait_for(lambda: form.has_ended)
            await asyncio.sleep(0)
            waiting = list(pages.bodies)
        pages.may_end.set()
        await task
        return waiting

    assert asyncio.run(story()) == []


def test_form_of_a_client_that_disconnects_while_waiting_is_dropped(settings: Any) -> None:
    settings.PASSWORD_THREADS, settings.PASSWORD_QUEUE = 1, 2

    async def story() -> tuple[list[bytes], list[Request]]:
        pages = Pages()
        app = FewPasswordForms(pages, make_password_slots())
        forms = [post("/admin/login/", number) for number in range(3)]
        tasks = [each.begin(app) for each in forms]
        await wait_for(lambda: pages.bodies and all(each.has_ended for each in forms))
        forms[1].leave()
        pages.may_end.set()
        await asyncio.gather(*tasks)
        return pages.bodies, forms

    bodies, forms = asyncio.run(story())

    assert bodies == [b"0", b"2"]
    assert [each.status for each in forms] == [200, 0, 200]


def test_form_of_a_client_that_disconnects_midway_is_not_passed_on(settings: Any) -> None:
    async def story() -> list[bytes]:
        pages = Pages()
        half = Request("POST", "/admin/login/", b"half", is_held=True)
        task = half.begin(FewPasswordForms(pages, make_password_slots()))
        await wait_for(lambda: half.reads)
        half.leave()
        await task
        return pages.bodies

    assert asyncio.run(story()) == []
