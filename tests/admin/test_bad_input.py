"""No input to the admin yields a 5xx."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser

from messaging.models import Conversation
from users.models import User

VALUES = [
    *("", "x", "\0", "-1", "1.5", "1e999", 'é"%\\'),
    *(str(2**63), str(10**30), "9" * 5000, "a " * 3000),
    *("0001-01-01 00:00:00+23:59", "9999-12-31 23:59:59-23:59"),
]
YEARS = ["0", "1", "2026", "9999", "10000", "x", "", str(10**30)]
PASSWORDS = dict.fromkeys(("password1", "password2"), "a-long-secret-3")


@pytest.fixture
def browser(superuser: Browser, everything: Conversation) -> Browser:
    return superuser


def statuses_of(browser: Browser, url: str, *queries: dict[str, Any]) -> set[int]:
    """Return the status of each response. Exceptions of a view are raised here."""
    return {browser.get(url, query).status_code for query in queries}


@pytest.mark.parametrize("moment", VALUES[-2:])
def test_moments_outside_the_years_of_python_are_answered(browser: Browser, moment: str) -> None:
    """PostgreSQL can compare with them, and SQLite cannot."""
    for lookup in ("created_at", "created_at__gte"):
        answer = browser.get("/admin/messaging/conversation/", {lookup: moment})

        assert answer.status_code == (200 if connection.vendor == "postgresql" else 400)


@pytest.mark.parametrize("year", YEARS)
def test_arbitrary_dates_are_answered(browser: Browser, year: str) -> None:
    queries: list[dict[str, Any]] = [
        {f"created_at__{key}": value for key, value in parts.items()}
        for month in ("12", "13", str(10**30))
        for parts in (
            {"year": year},
            {"month": month},
            {"year": year, "month": month},
            {"year": year, "month": month, "day": "31"},
            {"year": year, "day": month},
        )
    ]

    assert statuses_of(browser, "/admin/users/authsession/", *queries) <= {200, 302, 400}


@pytest.mark.parametrize("value", VALUES)
def test_arbitrary_forms_are_answered(browser: Browser, alice: User, bob: User, value: str) -> None:
    person = {"email": "new@example.com", "role": "TRAINEE", "is_active": "on", **PASSWORDS}
    names = ("email", "role", "first_name", "groups", "_to_field", "_popup", "password1")
    forms = [{**person, name: value} for name in names]
    pages = ["add", f"{alice.pk}/change", f"{bob.pk}/password"]

    answers = [browser.post(f"/admin/users/user/{page}/", form) for page in pages for form in forms]
    answers += [
        browser.post(f"/admin/trainer/trainee/{bob.pk}/change/", {"parent_trainer": value}),
        browser.post("/admin/auth/group/add/", {"name": value, "permissions": [value, "1"]}),
    ]

    assert {each.status_code for each in answers} <= {200, 302, 400}


@pytest.mark.parametrize("value", VALUES)
def test_arbitrary_searches_for_a_trainer_are_answered(browser: Browser, value: str) -> None:
    source = {"app_label": "trainer", "model_name": "trainee", "field_name": "parent_trainer"}
    queries = [{**source, name: value} for name in (*source, "term", "page")]

    assert statuses_of(browser, "/admin/autocomplete/", *queries) <= {200, 403, 404}


@pytest.mark.parametrize("value", VALUES)
def test_arbitrary_paths_are_answered(browser: Browser, value: str) -> None:
    path = value.replace("\0", "%00").replace("%", "%25") or "x"
    paths = [f"r/{path}/1", f"r/1/{path}", path, f"users/{path}", f"users/user/{path}"]

    answers = [browser.get(f"/admin/{each}/") for each in paths]

    assert {each.status_code for each in answers} <= {302, 404}


@pytest.mark.parametrize("value", VALUES)
def test_arbitrary_sign_ins_are_answered(db: None, value: str) -> None:
    form = {"username": "root@example.com", "password": "x", "next": "/admin/"}

    for name in form:
        answer = Browser().post("/admin/login/", {**form, name: value})
        assert answer.status_code == 200


def test_binary_session_cookies_are_answered(browser: Browser) -> None:
    browser.cookies["sessionid"] = "abcdefgh\0"

    assert browser.get("/admin/").status_code == 400
