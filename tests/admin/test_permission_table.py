"""
Compares the admin with `permission_table.TABLE`, by requests of staff with few permissions.

A new model, page or action of the admin fails here until the table has a row.
"""

from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.test import Client as Browser
from django.urls import URLPattern

from messaging.models import Conversation
from tests.admin.conftest import make_staff
from tests.admin.pages import registered_models, snapshot
from tests.admin.permission_pages import label_of, make_forms, make_targets, names_of, url_of
from tests.admin.permission_staff import (
    Staff,
    browser_of_outsider,
    make_staff_for,
    name_of_permission,
    verified,
)
from tests.admin.permission_table import NOBODY, Row, read_table, suffices
from users.models import User

pytestmark = [
    pytest.mark.unmeasured,
    pytest.mark.embedded_only("permissions do not depend on the database"),
]

TABLE = read_table()
REFUSED = "refused"
LOGIN = "/admin/login/?next="
TRAINERS = "app_label=trainer&model_name=trainee&field_name=parent_trainer"
# The other pages of the admin: an address of each, and the status for staff without permissions and for
# people who are not staff.
SITE = {
    "index": ("", 200, 302),
    "app_list": ("users/", 404, 302),
    "autocomplete": (f"autocomplete/?{TRAINERS}", 403, 302),
    "jsi18n": ("jsi18n/", 200, 302),
    "login": ("login/", 302, 200),
    "logout": ("logout/", 405, 302),
    "password_change": ("password_change/", 200, 302),
    "password_change_done": ("password_change/done/", 200, 302),
    "two_factor": ("two-factor/", 302, 302),
    "view_on_site": ("r/1/1/", 404, 302),
    None: ("unknown/", 404, 302),
}


@pytest.fixture(autouse=True)
def _two_factor(settings: Any) -> None:
    settings.ADMIN_TWO_FACTOR = True


@dataclass(frozen=True)
class Attempts:
    """Requests to the pages and actions of one block of the table."""

    title: str
    targets: list[int]
    forms: dict[str, dict[str, Any]]
    before: dict[str, Any]

    def url(self, row: Row) -> str:
        return url_of(self.title, row, self.targets[0])

    def form(self, row: Row) -> dict[str, Any]:
        form = {"post": "yes", **self.forms.get(f"{label_of(self.title)} {row.name}", {})}
        if row.is_action:
            form |= {"action": row.name[1:], "_selected_action": self.targets}
        return form

    def of(self, staff: Staff, rows: list[Row]) -> dict[Row, tuple[str, str]]:
        """Open and submit each page. A page whose POST is empty is submitted by superusers only."""
        mine = self
        if self.title == "privacy.dataexport":
            mine = replace(self, targets=[staff.export_id])
        return {
            row: (
                mine.open(staff.browser, row),
                mine.submit(staff.browser, row)
                if row.submits or "superuser" in staff.held
                else REFUSED,
            )
            for row in rows
        }

    def open(self, browser: Browser, row: Row) -> str:
        """Return whether a page, or an inline form on it, is "shown" or "refused"."""
        if row.is_action:
            return REFUSED
        with transaction.atomic():
            answer: Any = browser.get(self.url(row))
            transaction.set_rollback(True)
        if answer.status_code == 403 or (row.inline and row.inline not in _inlines(answer)):
            return REFUSED
        assert answer.status_code == 200
        return "shown"

    def submit(self, browser: Browser, row: Row) -> str:
        """Return the models that a form or an action changes, or "refused". Undo the change."""
        cookies = deepcopy(browser.cookies)
        with transaction.atomic():
            answer = browser.post(self.url(row), self.form(row))
            changed = "" if answer.status_code == 403 else self._changes()
            transaction.set_rollback(True)
        browser.cookies = cookies  # the session may have got another key
        is_known = answer.status_code == (403 if row.submits else 200)
        assert changed or row.is_action or is_known
        return changed or REFUSED

    def _changes(self) -> str:
        after = snapshot()
        labels = {label for label, rows in after.items() if rows != self.before[label]}
        return " ".join(sorted(label.rpartition(".")[2] for label in labels))


def _inlines(answer: Any) -> list[str]:
    return [each.opts.opts.model_name for each in answer.context["inline_admin_formsets"]]


def expected(row: Row, held: frozenset[str]) -> tuple[str, str]:
    """Return what `Attempts` must observe for staff with the permissions `held`."""
    opened = "shown" if suffices(row.opens, held) else REFUSED
    return opened, " ".join(sorted(row.changes)) if suffices(row.submits, held) else REFUSED


@pytest.mark.parametrize("title", TABLE)
def test_staff_may_do_what_the_table_says(
    everything: Conversation, alice: User, bob: User, dora: User, title: str
) -> None:
    rows, targets = TABLE[title], make_targets(alice, bob)[title]
    everybody = make_staff_for(label_of(title), rows, exported=alice)
    attempts = Attempts(title, targets, make_forms(bob, dora), snapshot())

    found = {each.held: attempts.of(each, rows) for each in everybody}

    wrong = {
        (row.name, *sorted(held)): (observed[row], expected(row, held))
        for held, observed in found.items()
        for row in rows
        if observed[row] != expected(row, held)
    }
    assert wrong == {}
    assert snapshot() == attempts.before


def test_every_model_page_and_action_is_in_the_table() -> None:
    found = {title: {row.name for row in rows} for title, rows in TABLE.items()}

    assert {*map(label_of, TABLE)} == {each._meta.label_lower for each in registered_models()}
    assert found == {title: names_of(title) for title in TABLE}


def test_documentation_names_every_permission_of_the_table(db: None) -> None:
    text = (settings.BASE_DIR / "docs" / "deployment.md").read_text()

    names = {
        name_of_permission(label_of(title), term)
        for title, rows in TABLE.items()
        for row in rows
        for term in {*row.opens.split(" + "), *row.submits.split(" + ")}
        if term not in {"view", "superuser", *NOBODY}
    }

    assert {each for each in names if f"`{each}`" not in text} == set()


@pytest.mark.parametrize("kind", ["anonymous", "not staff", "deactivated", "without a code"])
def test_outsiders_are_asked_to_sign_in_and_change_nothing(
    everything: Conversation, alice: User, bob: User, dora: User, kind: str
) -> None:
    targets, forms = make_targets(alice, bob), make_forms(bob, dora)
    browser = browser_of_outsider(kind)
    before = snapshot()

    for title, rows in TABLE.items():
        attempts = Attempts(title, targets[title], forms, before)
        for row in rows:
            url = attempts.url(row)
            for answer in (browser.get(url), browser.post(url, attempts.form(row))):
                assert (answer.status_code, answer["Location"]) == (302, f"{LOGIN}{url}")

    assert snapshot() == before


def test_every_other_page_of_the_site_is_in_the_table() -> None:
    pages = [each for each in admin.site.get_urls() if isinstance(each, URLPattern)]

    assert {each.name for each in pages} == set(SITE)


@pytest.mark.parametrize("name", SITE)
def test_other_pages_of_the_site_need_a_staff_account(db: None, name: str | None) -> None:
    path, *statuses = SITE[name]
    browsers = verified(make_staff("sam")), browser_of_outsider("not staff")

    assert [each.get(f"/admin/{path}").status_code for each in browsers] == statuses
