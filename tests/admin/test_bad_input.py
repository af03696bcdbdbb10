"""No input to the admin yields a 5xx."""

from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client as Browser

from messaging.models import Conversation
from tests.admin.pages import ROW_PAGES, list_actions, offered_filters, registered_models, url
from users.models import User

VALUES = [
    *("", "x", "\0", "-1", "1.5", "1e999", 'é"%\\'),
    *(str(2**63), str(10**30), "9" * 5000, "a " * 3000),
    *("0001-01-01 00:00:00+23:59", "9999-12-31 23:59:59-23:59"),
]
YEARS = ["0", "1", "2026", "9999", "10000", "x", "", str(10**30)]
PASSWORDS = dict.fromkeys(("password1", "password2"), "a-long-secret-3")
every_model = pytest.mark.parametrize(
    "model", registered_models(), ids=lambda model: model.__name__
)


@pytest.fixture
def browser(superuser: Browser, everything: Conversation) -> Browser:
    return superuser


def statuses_of(browser: Browser, url: str, *queries: dict[str, Any]) -> set[int]:
    """Return the status of each response. Exceptions of a view are raised here."""
    return {browser.get(url, query).status_code for query in queries}


@every_model
def test_arbitrary_filters_are_answered(browser: Browser, model: type[Model]) -> None:
    linked = admin.site.get_model_admin(model).linked_lookups  # type: ignore[attr-defined]
    endings = ("", "__gte", "__isnull", "__isempty")
    names = [f"{field}{ending}" for field in offered_filters(model) for ending in endings]
    queries: list[dict[str, Any]] = [
        {name: value} for name in (*names, *linked) for value in VALUES
    ]
    queries += [{name: ["1"] * 900} for name in names]

    assert statuses_of(browser, url(model, "changelist"), *queries) <= {200, 302, 400}


@every_model
def test_arbitrary_pages_searches_and_orders_are_answered(
    browser: Browser, model: type[Model]
) -> None:
    names = ("q", "p", "o", "_to_field", "_changelist_filters", "id__exact")
    queries = [{name: value} for name in names for value in VALUES]

    assert statuses_of(browser, url(model, "changelist"), *queries) <= {200, 302, 400}


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


@every_model
def test_ids_without_a_row_are_answered(browser: Browser, model: type[Model]) -> None:
    values = [each for each in VALUES if each]
    pages = [url(model, page, value) for page in ROW_PAGES for value in values]
    if model is User:
        escaped = [value.replace("\0", "%00") for value in values]
        pages += [f"{url(model, 'changelist')}{value}/password/" for value in escaped]

    answers = [
        (page, each(page).status_code) for page in pages for each in (browser.get, browser.post)
    ]

    assert [each for each in answers if each[1] not in {302, 403, 404}] == []


@every_model
def test_actions_on_ids_without_a_row_are_answered(browser: Browser, model: type[Model]) -> None:
    page = url(model, "changelist")
    forms: list[dict[str, Any]] = [
        {"action": action, "_selected_action": ["1", value], "index": index}
        for value in VALUES
        for action in (*list_actions(model), "x")
        for index in ("0", value)
    ]

    answers = [(form, browser.post(page, form).status_code) for form in forms]

    assert [each for each in answers if each[1] not in {200, 302, 400}] == []


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
