"""The Django admin for people, sessions and devices."""

from typing import Any

import pytest
from django.contrib.admin import site
from django.db import connection
from django.forms import modelform_factory
from django.test import Client as Browser
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from notifications.models import DeviceToken
from tests.admin.conftest import make_staff
from tests.conftest import Client
from tests.factories import access_of, impersonate, make_person, make_trainee, tokens_of
from trainer.services.trainees import remove_trainee
from users.admin import PasswordForm
from users.models import AuthSession, ImpersonationView, User

SITE = "/admin"
LISTS = ["users/user", "users/authsession", "users/impersonationsession", "push/devicetoken"]


@pytest.fixture
def admin(db: None) -> User:
    return make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True)


@pytest.fixture
def browser(admin: User) -> Browser:
    """A browser signed in as an admin."""
    browser = Browser()
    browser.force_login(admin)
    return browser


def shown(browser: Browser, model: str, **query: str) -> list[Any]:
    response = browser.get(f"{SITE}/{model}/", query)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def people(alice: User, numbers: range) -> None:
    for number in numbers:
        trainee = make_trainee(f"member{number}", alice)
        tokens_of(trainee)
        impersonate(trainee, by=alice)
        DeviceToken.objects.create(user=trainee, token=str(number), platform="ios")


@pytest.mark.parametrize("model", LISTS)
def test_changelist_makes_the_same_queries_with_1_and_30_rows(
    browser: Browser, alice: User, model: str
) -> None:
    counts = []
    for numbers in (range(1), range(1, 30)):
        people(alice, numbers)
        with CaptureQueriesContext(connection) as captured:
            shown(browser, model)
        counts.append(len(captured))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("words", ["bob@", "Bob", "Bob Tester"])
def test_people_are_found_by_name_or_address(browser: Browser, bob: User, words: str) -> None:
    assert shown(browser, "users/user", q=words) == [bob]


def test_impersonations_are_found_and_show_their_requests(
    browser: Browser, api: Client, alice: User, bob: User
) -> None:
    session, tokens = impersonate(bob, by=alice)
    api.with_token(tokens.access).get("/api/auth/users/me/")

    (row,) = shown(browser, "users/impersonationsession", q="alice@")
    page = browser.get(f"{SITE}/users/impersonationsession/{session.pk}/change/").content.decode()

    assert (row.pk, row.view_count) == (session.pk, 1)
    assert "/api/auth/users/me/" in page
    assert "alice@example.com" in page


def test_action_ends_sessions_immediately(
    browser: Browser, api: Client, alice: User, bob: User
) -> None:
    session, tokens = impersonate(bob, by=alice)
    own = access_of(bob)

    browser.post(
        f"{SITE}/users/impersonationsession/", {"action": "end", "_selected_action": [session.pk]}
    )

    assert api.with_token(tokens.access).get("/api/auth/users/me/").status_code == 401
    assert api.with_token(own).get("/api/auth/users/me/").status_code == 200


def test_action_deactivates_immediately_and_reactivates(
    browser: Browser, api: Client, bob: User
) -> None:
    access = access_of(bob)

    browser.post(f"{SITE}/users/user/", {"action": "deactivate", "_selected_action": [bob.pk]})
    bob.refresh_from_db()
    assert (bob.is_active, api.with_token(access).get("/api/auth/users/me/").status_code) == (
        False,
        401,
    )

    browser.post(f"{SITE}/users/user/", {"action": "reactivate", "_selected_action": [bob.pk]})
    bob.refresh_from_db()
    assert bob.is_active


def test_person_is_added_with_a_password(browser: Browser) -> None:
    browser.post(
        f"{SITE}/users/user/add/",
        {
            "email": "New@example.com",
            "role": "TRAINER",
            "password1": "a-long-secret-3",
            "password2": "a-long-secret-3",
            "usable_password": "true",
        },
    )

    added = User.objects.get(email="new@example.com")
    assert (added.role, added.check_password("a-long-secret-3")) == ("TRAINER", True)


def test_only_a_superuser_is_offered_the_role_of_an_admin(browser: Browser) -> None:
    helper = Browser()
    helper.force_login(make_staff("helper", "add_user", "change_user"))

    pages = [each.get(f"{SITE}/users/user/add/") for each in (browser, helper)]

    offered = [dict(each.context["adminform"].form.fields["role"].choices) for each in pages]
    assert [set(each) for each in offered] == [
        {"ADMIN", "TRAINER", "TRAINEE"},
        {"TRAINER", "TRAINEE"},
    ]


@pytest.mark.parametrize(
    ("password", "shown"), [("correct-horse-battery-1", "Set."), (None, "Not set.")]
)
def test_person_has_a_link_to_set_a_password(
    browser: Browser, bob: User, password: str | None, shown: str
) -> None:
    bob.set_password(password)
    bob.save(update_fields=["password"])

    page = browser.get(f"{SITE}/users/user/{bob.pk}/change/").content.decode()

    assert f'>{shown} <a href="../password/">' in page


def test_form_does_not_undo_changes_made_since_it_was_opened(
    rf: RequestFactory, alice: User, bob: User
) -> None:
    kind = modelform_factory(User, fields=("first_name", "role"))
    form = kind({"first_name": "Bobby", "role": "TRAINEE"}, instance=User.objects.get(pk=bob.pk))
    remove_trainee(trainer=alice, trainee_id=bob.pk)

    site.get_model_admin(User).save_model(rf.post("/"), form.save(commit=False), form, change=True)

    bob.refresh_from_db()
    assert (bob.first_name, bob.parent_trainer) == ("Bobby", None)


def test_form_deactivates_immediately(browser: Browser, api: Client, bob: User) -> None:
    access = access_of(bob)
    url = f"{SITE}/users/user/{bob.pk}/change/"

    response = browser.post(url, {"email": bob.email, "role": bob.role, "first_name": "Bobby"})

    bob.refresh_from_db()
    assert response.status_code == 302
    assert (bob.first_name, bob.is_active) == ("Bobby", False)
    assert api.with_token(access).get("/api/auth/users/me/").status_code == 401


def test_records_cannot_be_written(browser: Browser, alice: User, bob: User) -> None:
    session, _ = impersonate(bob, by=alice)
    url = f"{SITE}/users/impersonationsession/"

    statuses = [
        browser.post(f"{url}add/").status_code,
        browser.post(f"{url}{session.pk}/change/").status_code,
        browser.post(f"{url}{session.pk}/delete/", {"post": "yes"}).status_code,
    ]

    assert statuses == [403, 403, 403]


def test_audit_records_survive_the_accounts(api: Client, alice: User, bob: User) -> None:
    session, tokens = impersonate(bob, by=alice)
    api.with_token(tokens.access).get("/api/auth/users/me/")

    bob.delete()
    alice.delete()

    kept = AuthSession.objects.get(pk=session.pk)
    assert (kept.user, kept.impersonator) == (None, None)
    assert str(kept) == "alice@example.com as bob@example.com"
    assert ImpersonationView.objects.get().path == "/api/auth/users/me/"


def test_new_password_ends_every_session(api: Client, browser: Browser, bob: User) -> None:
    token = access_of(bob)
    form = {"password1": "another-long-one-7", "password2": "another-long-one-7"}

    response = browser.post(
        f"{SITE}/users/user/{bob.pk}/password/", {**form, "usable_password": "true"}
    )

    assert response.status_code == 302
    assert api.with_token(token).get("/api/auth/users/me/").status_code == 401
    changed = User.objects.get(pk=bob.pk)
    assert changed.check_password("another-long-one-7")


def test_new_password_does_not_undo_a_concurrent_removal(alice: User, bob: User) -> None:
    opened = User.objects.get(pk=bob.pk)
    password = {"password1": "another-long-one-7", "password2": "another-long-one-7"}
    form = PasswordForm(opened, {**password, "usable_password": "true"})
    assert form.is_valid()
    remove_trainee(trainer=alice, trainee_id=bob.pk)

    form.save()

    bob.refresh_from_db()
    assert bob.parent_trainer is None


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("first_name", "Bob\u202e", "This has invisible characters. Please type it again."),
        ("business_name", "\u3164", "This has invisible characters. Please type it again."),
        ("email", "bob@exam\u200bple.com", "Enter a valid email address."),
    ],
)
def test_hidden_characters_are_refused_in_the_form(
    browser: Browser, bob: User, field: str, value: str, reason: str
) -> None:
    form = {"email": bob.email, "role": "TRAINEE", "first_name": "Bob", "is_active": "on"}

    response = browser.post(f"{SITE}/users/user/{bob.pk}/change/", {**form, field: value})

    assert response.context["adminform"].form.errors == {field: [reason]}


def test_name_from_the_form_is_stored_composed(browser: Browser, bob: User) -> None:
    form = {"email": bob.email, "role": "TRAINEE", "first_name": " Jose\u0301 ", "is_active": "on"}

    browser.post(f"{SITE}/users/user/{bob.pk}/change/", form)

    bob.refresh_from_db()
    assert bob.first_name == "José"


def test_name_that_code_stores_is_composed(db: None) -> None:
    made = make_person("jose", first_name="Jose\u0301")

    assert (made.first_name, User.objects.get(pk=made.pk).first_name) == ("José", "José")


def test_right_to_left_name_is_isolated_in_the_admin(alice: User) -> None:
    alice.first_name, alice.last_name = "\u05e0\u05d5\u05e2\u05d4\u202e", ""

    assert str(alice) == "\u2068\u05e0\u05d5\u05e2\u05d4\u2069 <alice@example.com>"
