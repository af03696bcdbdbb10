"""Strangers who guess somebody's password do not keep that person from signing in."""

from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client as Browser
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from tests.conftest import Client
from tests.factories import PASSWORD, make_person
from tests.users.bodies import WRONG_CREDENTIALS
from users.client_info import ClientInfo
from users.models import User
from users.reset_tokens import reset_tokens
from users.services.sessions import begin_session

CREATE = "/api/auth/jwt/create/"
CONFIRM = "/api/auth/users/reset_password_confirm/"
NEW = "another-long-secret-2"
STRANGER, OTHER_STRANGER = "192.0.2.1", "192.0.2.2"
HOME, ELSEWHERE = "198.51.100.1", "198.51.100.2"
COOKIE = "known_browser"


def limit(settings: Any, **rates: str) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, **rates}


def sign_in(
    address: str, password: str = PASSWORD, email: str = "bob@example.com", *, api: Any = None
) -> Any:
    """Sign in from a network address; without `api`, in a browser without cookies."""
    body = {"email": email, "password": password, "cookie": True}
    return (api or Client()).post(CREATE, body, REMOTE_ADDR=address)


def guess(times: int, address: str = STRANGER, email: str = "bob@example.com") -> list[int]:
    return [sign_in(address, f"guess {n}", email).status_code for n in range(times)]


def test_strangers_guesses_do_not_keep_the_owner_from_signing_in(bob: User) -> None:
    guesses = guess(12)

    assert guesses == [401] * 10 + [429] * 2
    assert sign_in(STRANGER).status_code == 429
    assert sign_in(HOME).status_code == 200


def test_owner_signs_in_in_a_known_browser_on_the_network_of_a_stranger(
    api: Client, bob: User
) -> None:
    sign_in(HOME, api=api)
    guess(11, HOME)

    assert sign_in(HOME).status_code == 429
    assert sign_in(HOME, api=api).status_code == 200


def test_guesses_in_a_known_browser_are_limited(api: Client, bob: User) -> None:
    sign_in(HOME, api=api)

    statuses = [sign_in(f"192.0.2.{n}", "wrong", api=api).status_code for n in range(11)]

    assert statuses == [401] * 10 + [429]


def test_failures_of_a_network_are_limited_per_hour(bob: User, settings: Any) -> None:
    limit(settings, sign_in_failures="2/hour")

    assert guess(2) == [401] * 2
    refused = sign_in(STRANGER)
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert 60 < int(refused["Retry-After"]) <= 3600
    assert sign_in(HOME).status_code == 200


def test_successful_sign_ins_are_no_failures(bob: User, settings: Any) -> None:
    limit(settings, sign_in_failures="1/hour", sign_in_account="1/hour")

    statuses = [sign_in(each).status_code for each in (HOME, HOME, ELSEWHERE, STRANGER)]

    assert statuses == [200] * 4


# Guesses from many networks
# ------------------------------------------------------------------------------
@pytest.fixture
def attacked(bob: User, settings: Any) -> User:
    """Bob, at whose account strangers have used up the limit of all unknown networks."""
    limit(settings, sign_in_account="2/hour")
    assert [*guess(1, STRANGER), *guess(2, OTHER_STRANGER)] == [401, 401, 429]
    return bob


@pytest.mark.parametrize("email", ["bob@example.com", " BOB@example.com", "nobody@example.com"])
def test_guesses_from_many_networks_are_limited_with_or_without_an_account(
    attacked: User, email: str
) -> None:
    guess(3, OTHER_STRANGER, "nobody@example.com")

    refused = sign_in(ELSEWHERE, email=email)

    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert refused.json()["detail"].startswith("You have reached a limit. Try again in")


@pytest.mark.parametrize(
    ("before", "now"), [(HOME, HOME), ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9")]
)
def test_owner_signs_in_from_a_known_network(attacked: User, before: str, now: str) -> None:
    assert sign_in(now).status_code == 429
    begin_session(user=attacked, client=ClientInfo(address=before))

    assert sign_in(now).status_code == 200
    assert sign_in(now, "wrong").json() == WRONG_CREDENTIALS


def test_networks_of_others_are_unknown(attacked: User, alice: User) -> None:
    begin_session(user=alice, client=ClientInfo(address=HOME))

    assert sign_in(HOME).status_code == 429


def test_owner_signs_in_in_a_known_browser_from_any_network(
    api: Client, bob: User, settings: Any
) -> None:
    sign_in(HOME, api=api)
    limit(settings, sign_in_account="1/hour")
    guess(2)

    assert sign_in(ELSEWHERE).status_code == 429
    assert sign_in(ELSEWHERE, api=api).status_code == 200


@pytest.mark.parametrize("change", ["forged", "of another person", "truncated"])
def test_other_cookies_prove_nothing(attacked: User, alice: User, change: str) -> None:
    browser = Client()
    value = sign_in(ELSEWHERE, email=alice.email, api=browser).cookies[COOKIE].value
    browser.cookies[COOKIE] = {
        "forged": value[:16] + "0" * 64,
        "of another person": value,
        "truncated": value[:16],
    }[change]

    assert sign_in(ELSEWHERE, api=browser).status_code == 429


# The way out
# ------------------------------------------------------------------------------
def test_owner_signs_in_after_a_reset_by_email(attacked: User, settings: Any) -> None:
    limit(settings, sign_in_failures="1/hour")
    guess(2, ELSEWHERE)
    link = {
        "uid": urlsafe_base64_encode(force_bytes(attacked.pk)),
        "token": reset_tokens.make_token(attacked),
    }

    reset = Client().post(CONFIRM, {**link, "new_password": NEW}, REMOTE_ADDR=ELSEWHERE)

    assert (reset.status_code, set(reset.cookies)) == (204, {COOKIE})
    assert sign_in(ELSEWHERE, NEW).status_code == 200
    assert sign_in(HOME, NEW).status_code == 200


# The admin
# ------------------------------------------------------------------------------
def test_admin_signs_in_in_a_known_browser_on_the_network_of_a_stranger(db: None) -> None:
    make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True)
    browser = Browser()
    right = {"username": "root@example.com", "password": PASSWORD}
    first = browser.post("/admin/login/", right)
    browser.post("/admin/logout/")
    for _ in range(11):
        Browser().post("/admin/login/", {**right, "password": "wrong"})

    assert Browser().post("/admin/login/", right).status_code == 200
    assert browser.post("/admin/login/", right).status_code == 302
    assert first.cookies[COOKIE]["httponly"]


def test_form_without_a_password_counts(db: None, settings: Any) -> None:
    limit(settings, sign_in_failures="1/hour")
    make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True)
    Browser().post("/admin/login/", {"username": "root@example.com", "password": ""})

    form = {"username": "root@example.com", "password": PASSWORD}
    assert Browser().post("/admin/login/", form).status_code == 200


# The cookie
# ------------------------------------------------------------------------------
@pytest.mark.parametrize(("is_secure", "name"), [(True, f"__Host-{COOKIE}"), (False, COOKIE)])
def test_cookie_names_nobody_and_no_script_reads_it(
    bob: User, settings: Any, is_secure: bool, name: str
) -> None:
    settings.REFRESH_COOKIE_SECURE = is_secure

    first, second = sign_in(HOME).cookies[name], sign_in(HOME).cookies[name]

    assert (first["httponly"], first["samesite"], first["path"]) == (True, "Strict", "/")
    assert (bool(first["secure"]), first["domain"]) == (is_secure, "")
    assert first["max-age"] == 365 * 24 * 60 * 60
    assert first.value != second.value
    assert bob.email not in unquote(first.value)
