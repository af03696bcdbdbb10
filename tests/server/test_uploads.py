"""Uploads: the sender is authenticated before a body is read, and few bodies are read at a time."""

import asyncio
from pathlib import Path
from threading import Event
from typing import Any, ClassVar

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import InMemoryStorage

from server.handler import OneHopHandler
from tests.factories import access_of, claims_of, impersonate, make_trainee, tokens_of
from tests.media.pictures import draw
from tests.refusals import refusal
from tests.server.requests import FORM, Request, form, run, wait_for
from tests.users.bodies import INVALID_TOKEN
from users.models import User
from users.services.sessions import sign_out

pytestmark = pytest.mark.django_db(transaction=True)


def ask(request: Request) -> Request:
    """Send a request whose body never arrives: only a view that does not read it can respond."""
    run(lambda handler: asyncio.wait_for(request.ask(handler), 20))
    return request


class HeldStorage(InMemoryStorage):
    """A storage that blocks while it stores a file, until it is released."""

    may_end: ClassVar[Event] = Event()
    begun: ClassVar[list[str]] = []

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        self.begun.append(str(name))
        assert self.may_end.wait(30)
        return super().save(name, content, max_length)


@pytest.fixture
def held(settings: Any) -> type[HeldStorage]:
    storage = {"BACKEND": f"{__name__}.HeldStorage"}
    settings.STORAGES = {**django_settings.STORAGES, "default": storage}
    HeldStorage.may_end.clear()
    HeldStorage.begun.clear()
    return HeldStorage


# Permission
# ------------------------------------------------------------------------------
@pytest.mark.parametrize("length", [b"content-length", b"transfer-encoding"])
def test_form_without_a_token_is_refused_unread(db: None, length: bytes) -> None:
    value = b"5000000" if length == b"content-length" else b"chunked"
    head = ((b"content-type", FORM), (length, value), (b"origin", b"https://app.example.com"))

    refused = ask(Request("PATCH", "/api/auth/users/me/", b"", *head, is_held=True))

    assert (refused.status, refused.json()["code"]) == (401, "not_authenticated")
    assert refused.headers["www-authenticate"] == 'Bearer realm="api"'
    assert refused.reads == 0


def test_refusal_of_a_form_can_be_read_by_an_allowed_origin(db: None, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.com"]
    head = ((b"content-type", FORM), (b"origin", b"https://app.example.com"))

    refused = ask(Request("PATCH", "/api/auth/users/me/", b"", *head, is_held=True))

    assert refused.status == 401
    assert refused.headers["access-control-allow-origin"] == "https://app.example.com"


def test_form_with_a_bad_token_or_that_of_an_ended_session_is_refused_unread(bob: User) -> None:
    tokens = tokens_of(bob)
    sign_out(claims=claims_of(tokens.access))

    refused = [ask(form(token, is_held=True)) for token in ("nonsense", tokens.access)]

    for each in refused:
        assert (each.status, each.json(), each.reads) == (401, INVALID_TOKEN, 0)


def test_form_of_an_impersonator_is_refused_unread(alice: User, bob: User) -> None:
    _, tokens = impersonate(bob, by=alice)

    refused = ask(form(tokens.access, is_held=True))

    assert (refused.status, refused.reads) == (403, 0)
    assert refused.json()["code"] == "impersonation_read_only"


def test_form_past_the_throttle_is_refused_unread_and_others_count_once(
    bob: User, settings: Any
) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "user": "2/minute"}
    token = access_of(bob)

    first, second, third = ask(form(token)), ask(form(token)), ask(form(token, is_held=True))

    assert [each.status for each in (first, second, third)] == [200, 200, 429]
    assert (third.reads, third.json()["code"]) == (0, "throttled")
    assert int(third.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/api/auth/jwt/create/", 415),
        ("POST", "/api/auth/users/set_password/", 415),
        ("POST", "/api/messaging/conversations/1/read/", 415),
        ("POST", "/api/auth/users/me/", 405),
        ("POST", "/api/nothing/", 404),
    ],
)
@pytest.mark.parametrize("length", [b"content-length", b"transfer-encoding"])
def test_form_to_an_endpoint_without_forms_is_refused_unread(
    bob: User, method: str, path: str, status: int, length: bytes
) -> None:
    value = b"5000000" if length == b"content-length" else b"chunked"
    head = ((b"content-type", FORM), (length, value))

    refused = ask(Request(method, path, b"", *head, token=access_of(bob), is_held=True))

    assert (refused.status, refused.reads) == (status, 0)


@pytest.mark.parametrize(
    "kinds",
    [
        (FORM, b"application/json"),
        (b"application/json", FORM),
        (b"multipart/*; boundary=x",),
        (b"MultiPart/Form-Data; boundary=x",),
    ],
)
def test_form_with_a_variant_content_type_is_refused_unread(db: None, kinds: tuple[bytes]) -> None:
    head = [(b"content-type", kind) for kind in kinds]

    refused = ask(Request("PATCH", "/api/auth/users/me/", b"", *head, is_held=True))

    assert (refused.status, refused.reads) == (401, 0)


def test_form_of_a_session_that_ends_meanwhile_changes_nothing(bob: User) -> None:
    tokens = tokens_of(bob)

    async def story(handler: OneHopHandler) -> Request:
        request = form(tokens.access, is_held=True)
        task = request.begin(handler)
        await wait_for(lambda: request.reads)
        await asyncio.to_thread(sign_out, claims=claims_of(tokens.access))
        request.may_end.set()
        return await task

    refused = run(story)

    bob.refresh_from_db()
    assert (refused.status, refused.json()) == (401, INVALID_TOKEN)
    assert bob.first_name == "Bob"


# Concurrency
# ------------------------------------------------------------------------------
def test_incomplete_forms_leave_room_for_those_of_others(alice: User, bob: User) -> None:
    his, hers = access_of(bob), access_of(alice)

    async def story(handler: OneHopHandler) -> tuple[list[Request], Request, list[int]]:
        stuck = [form(his, is_held=True) for _ in range(5)]
        tasks = [each.begin(handler) for each in stuck]
        await wait_for(lambda: sum(each.reads for each in stuck) >= 2)
        other = await form(hers).ask(handler)
        reads = [each.reads for each in stuck]
        for each in stuck:
            each.may_end.set()
        return await asyncio.gather(*tasks), other, reads

    stuck, other, reads = run(story)

    assert other.status == 200
    assert sum(reads) == django_settings.LARGE_BODIES_PER_PERSON
    assert [each.status for each in stuck] == [200] * 5  # the others have waited


def test_few_forms_are_read_at_a_time_and_json_does_not_wait(alice: User) -> None:
    people = [make_trainee(f"person{number}", alice) for number in range(10)]
    tokens = [access_of(person) for person in people]

    async def story(handler: OneHopHandler) -> tuple[list[Request], Request, int]:
        forms = [form(token, is_held=True) for token in tokens for _ in range(2)]
        tasks = [each.begin(handler) for each in forms]
        most = django_settings.LARGE_BODIES
        await wait_for(lambda: sum(each.reads for each in forms) >= most)
        other = await Request(token=tokens[0]).ask(handler)
        read = sum(each.reads for each in forms)
        for each in forms:
            each.may_end.set()
        return await asyncio.gather(*tasks), other, read

    forms, other, read = run(story)

    assert (other.status, read) == (200, django_settings.LARGE_BODIES)
    assert [each.status for each in forms] == [200] * 20


def test_forms_of_a_person_past_the_queue_get_503(bob: User) -> None:
    token = access_of(bob)
    most = django_settings.LARGE_BODIES_PER_PERSON + django_settings.LARGE_BODIES_QUEUE_PER_PERSON

    async def story(handler: OneHopHandler) -> list[Request]:
        forms = [form(token, is_held=True) for _ in range(most + 3)]
        tasks = [each.begin(handler) for each in forms]
        await wait_for(lambda: sum(each.status != 0 for each in forms) == 3)
        for each in forms:
            each.may_end.set()
        return await asyncio.gather(*tasks)

    answers = run(story)

    refused = [each for each in answers if each.status != 200]
    assert [each.status for each in refused] == [503] * 3
    assert refused[0].headers["retry-after"] == "2"
    assert refused[0].json() == refusal(
        "The service is busy at the moment. Please try again.", "temporarily_unavailable"
    )
    assert [each.reads for each in refused] == [0] * 3


def test_waiting_form_of_a_client_that_disconnects_is_dropped(bob: User) -> None:
    token = access_of(bob)

    async def story(handler: OneHopHandler) -> tuple[Request, list[Request]]:
        stuck = [form(token, is_held=True) for _ in range(2)]
        tasks = [each.begin(handler) for each in stuck]
        await wait_for(lambda: all(each.reads for each in stuck))
        waiting = form(token)
        task = waiting.begin(handler)
        waiting.leave()
        await asyncio.wait_for(task, 20)
        for each in stuck:
            each.may_end.set()
        return waiting, await asyncio.gather(*tasks)

    dropped, others = run(story)

    assert (dropped.status, dropped.reads) == (0, 0)
    assert [each.status for each in others] == [200, 200]


def test_form_of_a_client_that_leaves_after_sending_it_is_not_parsed(bob: User) -> None:
    sent = form(access_of(bob))
    sent.scope["has_left"] = lambda: sent.reads > 0

    dropped = ask(sent)

    bob.refresh_from_db()
    assert (dropped.status, dropped.reads, bob.first_name) == (0, 1, "Bob")


def test_pictures_are_decoded_one_at_a_time_while_other_requests_are_answered(
    alice: User, held: type[HeldStorage]
) -> None:
    count = django_settings.API_THREADS + 1
    tokens = [access_of(make_trainee(f"person{number}", alice)) for number in range(count)]

    async def story(handler: OneHopHandler) -> tuple[list[Request], Request, int]:
        forms = [form(token, draw()) for token in tokens]
        tasks = [each.begin(handler) for each in forms]
        await wait_for(lambda: all(each.reads for each in forms) and held.begun)
        other = await asyncio.wait_for(Request(token=tokens[0]).ask(handler), 20)
        begun = len(held.begun)
        held.may_end.set()
        return await asyncio.gather(*tasks), other, begun

    uploads, other, begun = run(story)

    assert (other.status, begun) == (200, 1)
    assert [each.status for each in uploads] == [200] * count


def test_bad_picture_in_a_form_is_400_and_changes_nothing(
    bob: User, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)

    refused = ask(form(access_of(bob), b"no picture"))

    bob.refresh_from_db()
    assert (refused.status, refused.json()) == (
        400,
        {
            "profile_image": [
                "This file is not a JPEG, PNG, WebP, GIF, HEIC or AVIF picture, or it is damaged."
            ]
        },
    )
    assert (bob.profile_image.name, list(tmp_path.rglob("*.*"))) == ("", [])
