"""Each action of the admin needs the permission to change its model."""

from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client as Browser

from messaging.models import Conversation
from tests.admin.conftest import browser_of, make_staff
from tests.admin.pages import registered_models
from users.models import AuthSession, User

every_model = pytest.mark.parametrize(
    "model", registered_models(), ids=lambda model: model.__name__
)


@every_model
def test_every_action_names_the_permission_that_it_needs(model: type[Model]) -> None:
    shown = admin.site.get_model_admin(model)

    needed = [getattr(shown, str(each)).allowed_permissions for each in shown.actions or ()]

    assert [each for each in needed if each in ([], ["view"])] == []


def act(browser: Browser, path: str, action: str, *rows: Model) -> Any:
    selected = [each.pk for each in rows]
    return browser.post(f"/admin/{path}/", {"action": action, "_selected_action": selected})


@pytest.mark.parametrize("may", [True, False])
def test_archiving_and_reopening_need_the_change_permission(
    conversation: Conversation, may: bool
) -> None:
    permissions = ["view_conversation", *(["change_conversation"] if may else [])]
    browser = browser_of(make_staff("sam", *permissions))
    states = []

    for action in ("archive", "reopen"):
        act(browser, "messaging/conversation", action, conversation)
        conversation.refresh_from_db()
        states.append((conversation.is_archived, conversation.version))

    assert states == ([(True, 2), (False, 3)] if may else [(False, 1), (False, 1)])


@pytest.mark.parametrize("kind", ["authsession", "impersonationsession"])
@pytest.mark.parametrize("may", [True, False])
def test_ending_a_session_needs_the_change_permission(
    everything: Conversation, kind: str, may: bool
) -> None:
    permissions = [f"view_{kind}", *([f"change_{kind}"] if may else [])]
    browser = browser_of(make_staff("sam", *permissions))
    name = AuthSession.Kind.SIGN_IN if kind == "authsession" else AuthSession.Kind.IMPERSONATION
    session = AuthSession.objects.filter(kind=name)[0]

    act(browser, f"users/{kind}", "end", session)

    session.refresh_from_db()
    assert (session.ended_at is not None) is may


@pytest.mark.parametrize("may", [True, False])
def test_deactivating_a_person_needs_the_change_permission(bob: User, may: bool) -> None:
    permissions = ["view_user", *(["change_user"] if may else [])]

    act(browser_of(make_staff("sam", *permissions)), "users/user", "deactivate", bob)

    bob.refresh_from_db()
    assert bob.is_active is not may


def test_only_staff_who_may_set_a_password_see_the_link_to_the_form(
    superuser: Browser, viewing: Browser, bob: User
) -> None:
    page = f"/admin/users/user/{bob.pk}/change/"

    seen = [b"../password/" in each.get(page).content for each in (superuser, viewing)]

    assert seen == [True, False]
