"""The admin's sign-in shares its limits with all other sign-ins, and redirects only within the site."""

from typing import Any

import pytest
from django.test import Client as Browser

from tests.conftest import Client
from tests.factories import PASSWORD, make_person
from users.models import User

LOGIN = "/admin/login/"
HERE = "192.0.2.1"
SLOW_DOWN = "Slow down. Try again in"


@pytest.fixture
def root(db: None) -> User:
    return make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True)


def sign_in(email: str = "root@example.com", password: str = PASSWORD, **more: Any) -> Any:
    """Submit the sign-in form from a new browser, and return the response."""
    network = {"REMOTE_ADDR": more.pop("network", HERE)}
    form = {"username": email, "password": password, **more}
    return Browser().post(LOGIN, form, headers=None, **network)


def errors_in(response: Any) -> list[str]:
    assert response.status_code == 200
    errors: list[str] = response.context["form"].non_field_errors()
    return errors


@pytest.mark.parametrize("email", ["root@example.com", " Root@Example.com "])
def test_admin_signs_in(root: User, email: str) -> None:
    response = sign_in(email)

    assert (response.status_code, response.url) == (302, "/accounts/profile/")


def test_eleventh_guess_within_a_minute_is_refused_even_if_correct(root: User) -> None:
    guesses = [sign_in(password=f"guess {number}") for number in range(10)]

    assert not [each for each in guesses if SLOW_DOWN in errors_in(each)[0]]
    for email in ("root@example.com", "ROOT@example.com"):
        refusal = sign_in(email)
        assert errors_in(refusal)[0].startswith(SLOW_DOWN)
        assert "sessionid" not in refusal.cookies


def test_one_network_cannot_try_many_addresses(root: User) -> None:
    for number in range(60):
        assert SLOW_DOWN not in errors_in(sign_in(f"guess{number}@example.com", "wrong"))[0]

    assert errors_in(sign_in())[0].startswith(SLOW_DOWN)
    assert sign_in(network="192.0.2.2").status_code == 302


def test_admin_and_api_share_the_limits(api: Client, root: User) -> None:
    body = {"email": root.email, "password": PASSWORD}
    for _ in range(5):
        api.post("/api/auth/jwt/create/", {**body, "password": "wrong"}, REMOTE_ADDR=HERE)
        sign_in(password="wrong")

    refusal = api.post("/api/auth/jwt/create/", body, REMOTE_ADDR=HERE)

    assert refusal.status_code == 429
    assert errors_in(sign_in())[0].startswith(SLOW_DOWN)


@pytest.mark.parametrize("name", ["alice", "bob"])
def test_people_who_are_not_staff_get_the_error_of_a_wrong_password(
    root: User, alice: User, bob: User, name: str
) -> None:
    right = sign_in(f"{name}@example.com")

    assert errors_in(right) == errors_in(sign_in(password="wrong"))
    assert errors_in(right) == errors_in(sign_in("nobody@example.com"))


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"],
)
def test_sign_in_never_redirects_to_another_site(root: User, elsewhere: str) -> None:
    response = sign_in(next=elsewhere)

    assert (response.status_code, response.url) == (302, "/accounts/profile/")


def test_sign_in_redirects_to_the_requested_page(root: User) -> None:
    assert sign_in(next="/admin/users/user/").url == "/admin/users/user/"


def test_form_of_another_site_is_refused(root: User) -> None:
    browser = Browser(enforce_csrf_checks=True)

    refusal = browser.post(LOGIN, {"username": root.email, "password": PASSWORD})

    assert refusal.status_code == 403
    assert "sessionid" not in refusal.cookies


def test_guesses_of_the_old_password_in_the_admin_count_as_sign_ins(root: User) -> None:
    browser = Browser(REMOTE_ADDR=HERE)
    browser.force_login(root)
    new = {"new_password1": "another-long-secret-2", "new_password2": "another-long-secret-2"}

    guesses = [
        browser.post("/admin/password_change/", {"old_password": "wrong", **new}) for _ in range(10)
    ]
    refused = browser.post("/admin/password_change/", {"old_password": PASSWORD, **new})

    assert {each.status_code for each in guesses} == {200}
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 60
    assert errors_in(sign_in())[0].startswith(SLOW_DOWN)
    assert browser.get("/admin/password_change/").status_code == 200


def test_admin_changes_their_own_password(root: User) -> None:
    browser = Browser()
    browser.force_login(root)
    new = {"new_password1": "another-long-secret-2", "new_password2": "another-long-secret-2"}

    response = browser.post("/admin/password_change/", {"old_password": PASSWORD, **new})

    assert response.status_code == 302
    assert sign_in(password="another-long-secret-2").status_code == 302
