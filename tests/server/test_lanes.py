"""What hashes passwords runs in threads of its own, and only so much of it waits."""

import asyncio
import json
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import path

from server.handler import OneHopHandler
from server.lanes import find_password_requests
from server.password_forms import FewPasswordForms
from tests.factories import access_of, make_trainee
from tests.server.requests import Request, run, wait_for
from tests.users.hashers import HeldHasher
from users.models import User
from users.views import SetPasswordView

SET = "/api/auth/users/set_password/"
SIGN_IN = "/api/auth/jwt/create/"
BUSY = {
    "detail": "The service is busy at the moment. Please try again.",
    "code": "temporarily_unavailable",
}
urlpatterns = [path("api/<int:id>/", SetPasswordView.as_view())]


@pytest.fixture
def held(settings: Any) -> type[HeldHasher]:
    """Have passwords hashed by what does not come to an end."""
    settings.PASSWORD_HASHERS = ["tests.users.hashers.HeldHasher"]
    HeldHasher.may_end.clear()
    HeldHasher.begun.clear()
    return HeldHasher


def post(path: str, token: str = "", **body: str) -> Request:
    kind = (b"content-type", b"application/json")
    return Request("POST", path, json.dumps(body).encode(), kind, token=token)


def test_every_request_that_takes_a_password_is_known() -> None:
    assert find_password_requests() == {
        ("POST", SIGN_IN),
        ("POST", SET),
        ("POST", "/api/auth/users/reset_password_confirm/"),
        ("POST", "/api/auth/invitations/accept/"),
    }


def test_path_with_a_parameter_cannot_hash(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__

    with pytest.raises(ImproperlyConfigured, match="SetPasswordView hashes"):
        find_password_requests()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["sign-ins", "password changes"])
def test_others_are_answered_while_passwords_are_hashed(
    alice: User, held: type[HeldHasher], what: str
) -> None:
    count = django_settings.API_THREADS + django_settings.PASSWORD_THREADS
    held.may_end.set()
    tokens = [access_of(make_trainee(f"person{number}", alice)) for number in range(count)]
    held.may_end.clear()
    held.begun.clear()
    passwords = {"current_password": "wrong", "new_password": "another-long-secret-2"}
    guesses = [
        post(SIGN_IN, email=f"person{number}@example.com", password="wrong")
        if what == "sign-ins"
        else post(SET, tokens[number], **passwords)
        for number in range(count)
    ]

    async def story(handler: OneHopHandler) -> tuple[Request, list[str]]:
        tasks = [each.begin(handler) for each in guesses]
        await wait_for(lambda: len(held.begun) == django_settings.PASSWORD_THREADS)
        other = await asyncio.wait_for(Request(token=tokens[0]).ask(handler), 20)
        begun = list(held.begun)
        held.may_end.set()
        await asyncio.gather(*tasks)
        return other, begun

    other, begun = run(story)

    assert (other.status, len(begun)) == (200, django_settings.PASSWORD_THREADS)
    assert all(name.startswith("passwords") for name in begun)
    assert {each.status for each in guesses} == {401 if what == "sign-ins" else 400}


@pytest.mark.django_db(transaction=True)
def test_sign_ins_past_the_queue_are_told_to_come_back(
    settings: Any, held: type[HeldHasher]
) -> None:
    settings.PASSWORD_THREADS, settings.PASSWORD_QUEUE = 1, 2
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.com"]
    asked = [post(SIGN_IN, email=f"person{n}@example.com", password="x") for n in range(5)]
    for each in asked:
        each.scope["headers"].append((b"origin", b"https://app.example.com"))

    async def story(handler: OneHopHandler) -> None:
        tasks = [each.begin(handler) for each in asked]
        await wait_for(lambda: sum(each.status != 0 for each in asked) == 2)
        held.may_end.set()
        await asyncio.gather(*tasks)

    run(story)

    assert [each.status for each in asked] == [401, 401, 401, 503, 503]
    assert asked[-1].json() == BUSY
    assert asked[-1].headers["retry-after"] == "2"
    assert asked[-1].headers["access-control-allow-origin"] == "https://app.example.com"


# The admin
# ------------------------------------------------------------------------------
class Pages:
    """Stands for Django's own handler: does not answer before it is let go."""

    def __init__(self) -> None:
        self.may_end = asyncio.Event()
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.bodies.append((await receive())["body"])
        if scope["method"] == "POST":
            await self.may_end.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize(
    "path",
    [
        "/admin/login/",
        "/admin/password_change/",
        "/admin/users/user/add/",
        "/admin/users/user/1/password/",
    ],
)
def test_few_forms_with_passwords_run_at_a_time_in_the_admin(settings: Any, path: str) -> None:
    settings.PASSWORD_THREADS, settings.PASSWORD_QUEUE = 1, 2

    async def story() -> tuple[list[bytes], list[Request]]:
        pages = Pages()
        app = FewPasswordForms(pages)
        half = Request("POST", path, b"half", is_held=True)
        forms = [half, *(Request("POST", path, b"%d" % number) for number in range(5))]
        tasks = [each.begin(app) for each in forms]
        await wait_for(lambda: sum(each.status != 0 for each in forms) == 2)
        await Request("GET", path).ask(app)
        bodies = list(pages.bodies)
        pages.may_end.set()
        half.may_end.set()
        await asyncio.gather(*tasks)
        return bodies, forms

    bodies, forms = asyncio.run(story())

    assert bodies == [b"0", b""]  # who only looks does not wait
    assert [each.status for each in forms] == [200, 200, 200, 200, 503, 503]
    assert forms[-1].json() == BUSY
    assert forms[-1].headers["retry-after"] == "2"
