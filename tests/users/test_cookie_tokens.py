"""The browser client's refresh token, in a cookie that no script can read."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from notifications.models import DeviceToken
from tests.conftest import Client
from tests.factories import PASSWORD, tokens_of
from tests.users.bodies import INVALID_JWT, INVALID_TOKEN
from tests.users.test_tokens import BLACKLIST, CREATE, ME, REFRESH, claims_in
from users.models import User

NAME, SECURE_NAME = "refresh_token", "__Host-refresh_token"
OWN = "http://testserver"
FOREIGN_ORIGINS = [
    "https://evil.example",
    "null",
    "http://testserver.evil.example",
    "http://testserver:1",
    "http://[",
]
FOREIGN = {"detail": "This request came from another site.", "code": "origin_not_allowed"}
MISSING = {"refresh": ["This field is required."]}


def sign_in(api: Client, **more: Any) -> Any:
    body = {"email": "bob@example.com", "password": PASSWORD, "cookie": True}
    return api.post(CREATE, {**body, **more}, headers={"origin": OWN})


def test_sign_in_sets_the_refresh_token_in_an_http_only_cookie(api: Client, bob: User) -> None:
    response = sign_in(api)

    cookie = response.cookies[NAME]
    assert (response.status_code, set(response.json())) == (200, {"access"})
    assert claims_in(cookie.value)["token_type"] == "refresh"
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")
    assert (cookie["path"], cookie["domain"]) == ("/api/auth/", "")
    assert cookie["max-age"] == 30 * 24 * 60 * 60


@pytest.mark.parametrize("is_secure", [True, False])
def test_cookie_is_secure_if_the_product_uses_https(
    api: Client, bob: User, settings: Any, is_secure: bool
) -> None:
    settings.REFRESH_COOKIE_SECURE = is_secure

    name = SECURE_NAME if is_secure else NAME
    assert bool(sign_in(api).cookies[name]["secure"]) == is_secure


@pytest.mark.parametrize("more", [{}, {"cookie": False}])
def test_cookie_is_set_only_on_request(api: Client, bob: User, more: dict[str, bool]) -> None:
    body = {"email": "bob@example.com", "password": PASSWORD, **more}

    response: Any = api.post(CREATE, body)

    assert set(response.json()) == {"access", "refresh"}
    assert not response.cookies


def test_refresh_reads_the_cookie_and_sets_a_new_one(api: Client, bob: User) -> None:
    first = sign_in(api)
    with time_machine.travel(timezone.now() + timedelta(days=29)):
        second: Any = api.post(REFRESH, {}, headers={"origin": OWN})
    with time_machine.travel(timezone.now() + timedelta(days=58)):
        third: Any = api.post(REFRESH, {}, headers={"origin": OWN})

        assert [set(each.json()) for each in (second, third)] == [{"access"}] * 2
        assert api.with_token(third.json()["access"]).get(ME).status_code == 200
    values = {each.cookies[NAME].value for each in (first, second, third)}
    assert len(values) == 3


def test_token_in_the_body_takes_precedence_over_the_cookie(api: Client, bob: User) -> None:
    sign_in(api)

    response: Any = api.post(REFRESH, {"refresh": "x"})

    assert (response.status_code, response.json()) == (401, INVALID_JWT)


@pytest.mark.parametrize("url", [REFRESH, BLACKLIST])
def test_request_without_body_and_cookie_is_a_field_error(api: Client, url: str) -> None:
    response: Any = api.post(url, {})

    assert (response.status_code, response.json()) == (400, MISSING)


def test_sign_in_ends_the_session_of_the_overwritten_cookie(
    api: Client, alice: User, bob: User
) -> None:
    first = sign_in(api).json()["access"]
    kept = api.cookies[NAME].value
    elsewhere = tokens_of(bob)
    DeviceToken.objects.create(
        user=bob, token="x", platform="web", session_id=claims_in(first)["sid"]
    )

    second = sign_in(api, email="alice@example.com")

    assert api.post(REFRESH, {"refresh": kept}).json() == INVALID_JWT
    assert not DeviceToken.objects.reachable().exists()
    statuses = [
        api.with_token(each).get(ME).status_code
        for each in (first, second.json()["access"], elsewhere.access)
    ]
    assert statuses == [401, 200, 200]


@pytest.mark.parametrize("old", ["", "x", "ended"])
def test_sign_in_over_an_invalid_cookie_succeeds(api: Client, bob: User, old: str) -> None:
    sign_in(api)
    ended = api.cookies[NAME].value
    api.post(BLACKLIST, {"refresh": ended})
    api.cookies[NAME] = ended if old == "ended" else old

    response = sign_in(api)

    assert (response.status_code, set(response.json())) == (200, {"access"})


@pytest.mark.parametrize(
    "more", [{"password": "wrong"}, {"cookie": False}, {"email": "nobody@example.com"}]
)
def test_sign_in_without_a_cookie_ends_no_session(
    api: Client, bob: User, more: dict[str, Any]
) -> None:
    access = sign_in(api).json()["access"]

    sign_in(api, **more)

    assert api.with_token(access).get(ME).status_code == 200


def test_sign_out_ends_the_session_and_deletes_the_cookie(api: Client, bob: User) -> None:
    access = sign_in(api).json()["access"]
    kept = api.cookies[NAME].value

    response: Any = api.post(BLACKLIST, {}, headers={"origin": OWN})

    cookie = response.cookies[NAME]
    assert (response.status_code, response.json()) == (200, {})
    assert (cookie.value, cookie["max-age"], cookie["path"]) == ("", 0, "/api/auth/")
    assert api.with_token(access).get(ME).json() == INVALID_TOKEN
    api.credentials()
    assert api.post(REFRESH, {"refresh": kept}).json() == INVALID_JWT


def test_sign_out_deletes_the_cookie_of_an_ended_session(api: Client, bob: User) -> None:
    sign_in(api)
    api.post(BLACKLIST, {"refresh": api.cookies[NAME].value})

    refused: Any = api.post(REFRESH, {})
    response: Any = api.post(BLACKLIST, {})

    assert (refused.status_code, refused.json()) == (401, INVALID_JWT)
    assert (response.status_code, response.cookies[NAME].value) == (200, "")


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
@pytest.mark.parametrize("url", [REFRESH, BLACKLIST])
def test_page_of_another_site_cannot_use_the_cookie(
    api: Client, bob: User, url: str, origin: str
) -> None:
    sign_in(api)

    response: Any = api.post(url, {}, headers={"origin": origin})

    assert (response.status_code, response.json()) == (403, FOREIGN)
    assert not response.cookies
    assert api.post(REFRESH, {}, headers={"origin": OWN}).status_code == 200


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_page_of_another_site_cannot_set_the_cookie(api: Client, bob: User, origin: str) -> None:
    body = {"email": "bob@example.com", "password": PASSWORD, "cookie": True}

    response: Any = api.post(CREATE, body, headers={"origin": origin})

    assert (response.status_code, response.json()) == (403, FOREIGN)
    assert not response.cookies


def test_page_of_another_site_cannot_replace_a_session(api: Client, bob: User) -> None:
    access = sign_in(api).json()["access"]
    body = {"email": "bob@example.com", "password": PASSWORD, "cookie": True}

    response = api.post(CREATE, body, headers={"origin": "https://evil.example"})

    assert response.status_code == 403
    assert api.with_token(access).get(ME).status_code == 200


def test_allowed_origins_may_use_the_cookie(api: Client, bob: User, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.com"]
    settings.PUBLIC_URL = "https://public.example.com"
    sign_in(api)

    answers = [
        api.post(REFRESH, {}, headers={"origin": each})
        for each in ("https://app.example.com", "https://public.example.com")
    ]

    assert [each.status_code for each in answers] == [200, 200]


@pytest.mark.parametrize("url", [REFRESH, BLACKLIST])
@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain", ""])
def test_form_cannot_use_the_cookie(api: Client, bob: User, url: str, content_type: str) -> None:
    sign_in(api)

    empty: Any = api.generic("POST", url, "", content_type=content_type)
    filled: Any = api.generic("POST", url, "a=b", content_type=content_type)

    assert (empty.status_code, filled.status_code) == (415, 415)
    assert empty.json()["code"] == "unsupported_media_type"


def test_cookie_does_not_authenticate_other_endpoints(api: Client, bob: User) -> None:
    sign_in(api)
    api.cookies[NAME]["path"] = "/"

    response: Any = api.get(ME)

    assert response.status_code == 401


# Over HTTPS
# ------------------------------------------------------------------------------
@pytest.fixture
def over_https(settings: Any) -> None:
    settings.REFRESH_COOKIE_SECURE = True


def browser_cookie(response: Any, name: str) -> dict[str, Any]:
    cookie = response.cookies[name]
    return {
        "value": cookie.value,
        **{key: value for key, value in cookie.items() if value and key != "expires"},
    }


@pytest.mark.usefixtures("over_https")
def test_cookie_can_be_set_by_no_other_host(api: Client, bob: User) -> None:
    response = sign_in(api)

    assert browser_cookie(response, SECURE_NAME) == {
        "value": api.cookies[SECURE_NAME].value,
        "path": "/",
        "secure": True,
        "httponly": True,
        "samesite": "Strict",
        "max-age": 30 * 24 * 60 * 60,
    }
    assert browser_cookie(response, NAME)["value"] == ""


@pytest.mark.usefixtures("over_https")
def test_cookie_of_another_host_is_ignored_beside_our_own(
    api: Client, alice: User, bob: User
) -> None:
    sign_in(api)
    api.cookies[NAME] = tokens_of(alice).refresh

    access = api.post(REFRESH, {}, headers={"origin": OWN}).json()["access"]

    assert api.with_token(access).get(ME).json()["email"] == "bob@example.com"


@pytest.mark.usefixtures("over_https")
def test_cookie_of_the_previous_release_is_replaced_and_left_for_its_processes(
    api: Client, bob: User
) -> None:
    old = tokens_of(bob).refresh
    api.cookies[NAME] = old

    response = api.post(REFRESH, {}, headers={"origin": OWN})

    assert response.status_code == 200
    assert set(response.cookies) == {SECURE_NAME}
    assert api.cookies[NAME].value == old


@pytest.mark.usefixtures("over_https")
def test_sign_out_deletes_both_cookies(api: Client, bob: User) -> None:
    sign_in(api)

    response = api.post(BLACKLIST, {}, headers={"origin": OWN})

    assert response.status_code == 200
    assert {
        name: (cookie.value, cookie["max-age"], cookie["path"])
        for name, cookie in response.cookies.items()
    } == {SECURE_NAME: ("", 0, "/"), NAME: ("", 0, "/api/auth/")}


@pytest.mark.usefixtures("over_https")
def test_sign_in_ends_the_sessions_of_both_cookies(api: Client, alice: User, bob: User) -> None:
    sign_in(api)
    kept, old = api.cookies[SECURE_NAME].value, tokens_of(bob).refresh
    api.cookies[NAME] = old

    sign_in(api, email="alice@example.com")

    for token in (kept, old):
        assert api.post(REFRESH, {"refresh": token}).json() == INVALID_JWT
