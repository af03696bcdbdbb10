"""Password hashing runs in its own threads, with a bounded queue."""

import asyncio
import json
import threading
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.urls import path

from server.disconnects import ClientGone
from server.handler import OneHopHandler
from server.hashing_endpoints import find_hashing_endpoints
from server.lanes import Lane, LaneFull
from tests.factories import access_of, make_trainee
from tests.refusals import refusal, without_error
from tests.server.requests import Request, run, wait_for
from tests.users.hashers import HeldHasher
from users.models import User
from users.views import SetPasswordView

SET = "/api/auth/users/set_password/"
SIGN_IN = "/api/auth/jwt/create/"
BUSY = refusal("The service is busy at the moment. Please try again.", "temporarily_unavailable")
urlpatterns = [path("api/<int:id>/", SetPasswordView.as_view())]


@pytest.fixture
def held(settings: Any) -> type[HeldHasher]:
    """A password hasher that blocks until it is released."""
    settings.PASSWORD_HASHERS = ["tests.users.hashers.HeldHasher"]
    HeldHasher.may_end.clear()
    HeldHasher.begun.clear()
    return HeldHasher


def post(path: str, token: str = "", network: str = "127.0.0.1", **body: str) -> Request:
    kind = (b"content-type", b"application/json")
    return Request("POST", path, json.dumps(body).encode(), kind, token=token, network=network)


def guess(number: int) -> Request:
    """Return a sign-in from a network of its own."""
    email = f"person{number}@example.com"
    return post(SIGN_IN, network=f"192.0.2.{number}", email=email, password="wrong")


def test_every_endpoint_with_a_password_is_listed() -> None:
    assert find_hashing_endpoints() == {
        ("POST", SIGN_IN),
        ("POST", SET),
        ("POST", "/api/auth/users/reset_password_confirm/"),
        ("POST", "/api/auth/invitations/accept/"),
        ("POST", "/api/users/profiles/delete-account/"),
        ("DELETE", "/api/users/profiles/delete-account/"),
    }


def test_path_with_a_parameter_cannot_hash(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__

    with pytest.raises(ImproperlyConfigured, match="SetPasswordView hashes"):
        find_hashing_endpoints()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["sign-ins", "password changes"])
def test_other_requests_are_answered_while_passwords_are_hashed(
    alice: User, held: type[HeldHasher], what: str
) -> None:
    count = django_settings.API_THREADS + django_settings.PASSWORD_THREADS
    held.may_end.set()
    tokens = [access_of(make_trainee(f"person{number}", alice)) for number in range(count)]
    held.may_end.clear()
    held.begun.clear()
    passwords = {"current_password": "wrong", "new_password": "another-long-secret-2"}
    guesses = [
        guess(number)
        if what == "sign-ins"
        else post(SET, tokens[number], f"192.0.2.{number}", **passwords)
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
def test_sign_ins_past_the_queue_get_503(settings: Any, held: type[HeldHasher]) -> None:
    settings.PASSWORD_THREADS, settings.PASSWORD_QUEUE = 1, 2
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.com"]
    asked = [guess(number) for number in range(5)]
    for each in asked:
        each.scope["headers"].append((b"origin", b"https://app.example.com"))

    async def story(handler: OneHopHandler) -> None:
        tasks = [each.begin(handler) for each in asked]
        await wait_for(lambda: sum(each.status != 0 for each in asked) == 2)
        held.may_end.set()
        await asyncio.gather(*tasks)

    run(story)

    assert sorted(each.status for each in asked) == [401, 401, 401, 503, 503]
    refused = next(each for each in asked if each.status == 503)
    assert refused.json() == without_error(BUSY)
    assert refused.headers["retry-after"] == "2"
    assert refused.headers["access-control-allow-origin"] == "https://app.example.com"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("source", ["network", "person"])
def test_passwords_of_one_client_leave_a_thread_to_others(
    alice: User, held: type[HeldHasher], source: str
) -> None:
    passwords = {"current_password": "wrong", "new_password": "another-long-secret-2"}
    held.may_end.set()
    token = access_of(make_trainee("bob", alice))
    held.may_end.clear()
    held.begun.clear()
    flood = [
        post(SIGN_IN, email=f"person{number}@example.com", password="wrong")
        if source == "network"
        else post(SET, token, f"198.51.100.{number}", **passwords)
        for number in range(10)
    ]

    async def story(handler: OneHopHandler) -> int:
        queues = handler._password_slots._queues
        tasks = [each.begin(handler) for each in flood]
        await wait_for(lambda: held.begun and sum(map(len, queues.values())) == len(flood) - 1)
        tasks.append(guess(1).begin(handler))
        await wait_for(lambda: len(held.begun) == 2)
        held.may_end.set()
        return (await asyncio.gather(*tasks))[-1].status

    assert run(story) == 401


@pytest.mark.django_db(transaction=True)
def test_guess_past_the_limit_is_refused_while_others_are_hashed(
    settings: Any, held: type[HeldHasher]
) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "sign_in": "1/minute"}
    first, second = guess(1), guess(1)

    async def story(handler: OneHopHandler) -> None:
        task = first.begin(handler)
        await wait_for(lambda: held.begun)
        await asyncio.wait_for(second.ask(handler), 20)
        held.may_end.set()
        await task

    run(story)

    assert (first.status, second.status) == (401, 429)


# The API's own lane
# ------------------------------------------------------------------------------
class Held:
    """A view that blocks until it is released, and records its calls."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.begun: list[str] = []

    def __call__(self, request: HttpRequest, name: str) -> HttpResponse:
        self.begun.append(name)
        assert self.may_end.wait(30)
        return HttpResponse(name)


@pytest.fixture
def view(settings: Any) -> Held:
    """Serve /api/<name>/ with one thread, and a queue for two requests."""
    settings.API_THREADS, settings.API_QUEUE = 1, 2
    held = Held()
    routes = ModuleType("routes")
    routes.urlpatterns = [path("api/<str:name>/", held)]  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = routes
    return held


@pytest.mark.django_db(transaction=True)
def test_request_past_the_queue_gets_503(
    view: Held, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.com"]
    origin = (b"origin", b"https://app.example.com")
    asked = [Request("GET", f"/api/{n}/", b"", origin) for n in range(4)]

    async def story(handler: OneHopHandler) -> None:
        tasks = [each.begin(handler) for each in asked]
        await wait_for(lambda: asked[-1].status)
        view.may_end.set()
        await asyncio.gather(*tasks)

    run(story)

    assert view.begun == ["0", "1", "2"]
    assert [each.status for each in asked] == [200, 200, 200, 503]
    assert asked[-1].json() == BUSY
    assert asked[-1].headers["retry-after"] == "2"
    assert asked[-1].headers["access-control-allow-origin"] == "https://app.example.com"
    assert [(each.name, each.levelname) for each in caplog.records] == [
        ("server.handler", "WARNING")
    ]


@pytest.mark.django_db(transaction=True)
def test_request_of_a_client_that_disconnects_while_waiting_is_dropped(view: Held) -> None:
    asked = [Request("GET", f"/api/{name}/") for name in ("runs", "leaves", "waits", "comes")]
    *first, last = asked

    async def story(handler: OneHopHandler) -> None:
        tasks = [each.begin(handler) for each in first]
        await wait_for(lambda: view.begun and all(each.has_ended for each in first))
        first[1].leave()
        await tasks[1]
        tasks.append(last.begin(handler))
        await wait_for(lambda: last.has_ended)
        view.may_end.set()
        await asyncio.gather(*tasks)

    run(story)

    assert view.begun == ["runs", "waits", "comes"]
    assert [each.status for each in asked] == [200, 0, 200, 200]


@pytest.mark.django_db(transaction=True)
def test_form_of_a_client_that_disconnects_before_its_sender_is_known_is_dropped(
    view: Held,
) -> None:
    kind = (b"content-type", b"multipart/form-data; boundary=x")
    runs = Request("GET", "/api/runs/")
    leaves = Request("POST", "/api/leaves/", b"", kind, is_held=True)

    async def story(handler: OneHopHandler) -> None:
        task = runs.begin(handler)
        await wait_for(lambda: view.begun)
        waiting = leaves.begin(handler)
        leaves.leave()
        await asyncio.wait_for(waiting, 20)
        view.may_end.set()
        await task

    run(story)

    assert (view.begun, leaves.reads, leaves.status) == (["runs"], 0, 0)


@pytest.mark.django_db(transaction=True)
def test_running_request_is_finished_after_its_client_disconnects(view: Held) -> None:
    request = Request("GET", "/api/runs/")

    async def story(handler: OneHopHandler) -> None:
        task = request.begin(handler)
        await wait_for(lambda: view.begun)
        request.leave()
        view.may_end.set()
        await task

    run(story)

    assert (request.status, request.content) == (200, b"runs")


@pytest.mark.django_db(transaction=True)
def test_request_of_a_client_that_disconnects_in_the_body_is_dropped(view: Held) -> None:
    half = Request("POST", "/api/half/", is_held=True)

    async def story(handler: OneHopHandler) -> None:
        task = half.begin(handler)
        await wait_for(lambda: half.reads)
        half.leave()
        await task

    run(story)

    assert (view.begun, half.status) == ([], 0)


def test_cancelled_waiter_removes_its_call_from_the_queue() -> None:
    may_end = threading.Event()
    done: list[str] = []

    async def story() -> None:
        lane = Lane("lane", threads=1, queue=1)
        running = asyncio.create_task(lane.run(may_end.wait, 30))
        await asyncio.sleep(0)
        waiting = asyncio.create_task(lane.run_for(Request().stay, done.append, "work"))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await asyncio.sleep(0)
        next_one = asyncio.create_task(lane.run(done.append, "next"))
        may_end.set()
        await asyncio.gather(running, next_one)

    asyncio.run(story())

    assert done == ["next"]


def test_dropped_call_frees_one_place_in_the_queue() -> None:
    may_end = threading.Event()

    async def disconnect() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def stay() -> dict[str, str]:
        await asyncio.Event().wait()
        return {}

    async def story() -> None:
        lane = Lane("one", threads=1, queue=1)
        running = asyncio.create_task(lane.run(may_end.wait, 30))
        await asyncio.sleep(0)
        with pytest.raises(ClientGone):
            await lane.run_for(disconnect, may_end.wait, 30)

        waiting = asyncio.create_task(lane.run_for(stay, may_end.wait, 30))
        await asyncio.sleep(0)
        with pytest.raises(LaneFull):
            await lane.run_for(stay, may_end.wait, 30)

        may_end.set()
        await asyncio.gather(running, waiting)

    try:
        asyncio.run(story())
    finally:
        may_end.set()
