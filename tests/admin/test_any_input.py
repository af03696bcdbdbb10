"""No list, page or action of any model in the admin answers arbitrary input with a 5xx."""

from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client as Browser

from messaging.models import Conversation
from tests.admin.pages import ROW_PAGES, list_actions, offered_filters, registered_models, url
from tests.admin.test_bad_input import VALUES, statuses_of
from users.models import User

pytestmark = pytest.mark.unmeasured

every_model = pytest.mark.parametrize(
    "model", registered_models(), ids=lambda model: model.__name__
)


@pytest.fixture
def browser(superuser: Browser, everything: Conversation) -> Browser:
    return superuser


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
