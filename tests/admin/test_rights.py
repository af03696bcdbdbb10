"""Only superusers can change staff accounts, groups, and anybody's rights."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client as Browser

from tests.admin.conftest import browser_of, make_staff
from tests.admin.pages import snapshot
from tests.factories import PASSWORD, make_person
from users.models import User
from users.rights import ReservedForSuperusers
from users.services.accounts import store_password
from users.services.administration import (
    add_account,
    change_account,
    erase_account,
    set_active,
)
from users.services.erasure import MessageChoice

USERS = "/admin/users/user/"
PASSWORDS = {
    "password1": "another-long-one-7",
    "password2": "another-long-one-7",
    "usable_password": "true",
}


@pytest.fixture
def sam(db: None) -> User:
    """A staff user with every permission on people and groups."""
    verbs = ("view", "add", "change", "delete")
    return make_staff("sam", *(f"{verb}_{name}" for verb in verbs for name in ("user", "group")))


@pytest.fixture
def browser(sam: User) -> Browser:
    return browser_of(sam)


@pytest.fixture(params=["superuser", "staff", "admin", "inactive superuser", "oneself"])
def powerful(request: pytest.FixtureRequest, sam: User) -> User:
    """A privileged user: each kind in turn."""
    fields: dict[str, dict[str, Any]] = {
        "superuser": {"is_superuser": True, "is_staff": True},
        "staff": {"is_staff": True, "role": "TRAINER"},
        "admin": {"role": "ADMIN"},
        "inactive superuser": {"is_superuser": True, "is_active": False},
    }
    return make_person("eve", **fields[request.param]) if request.param in fields else sam


def form_of(user: User, **more: Any) -> dict[str, Any]:
    flags = {"is_active": user.is_active, "is_staff": user.is_staff}
    flags["is_superuser"] = user.is_superuser
    ticked = {name: "on" for name, is_set in flags.items() if is_set}
    return {"email": user.email, "role": user.role, **ticked, **more}


@pytest.mark.parametrize(
    "granted",
    [{"is_superuser": "on"}, {"is_staff": "on"}, {"role": "ADMIN"}, {"groups": ""}],
    ids=lambda granted: next(iter(granted)),
)
def test_staff_cannot_grant_rights(browser: Browser, bob: User, granted: dict[str, Any]) -> None:
    group = Group.objects.create(name="Everything")
    if "groups" in granted:
        granted = {"groups": group.pk, "user_permissions": Permission.objects.first()}
    User.objects.filter(pk=bob.pk).update(parent_trainer=None)
    bob.refresh_from_db()

    browser.post(f"{USERS}{bob.pk}/change/", form_of(bob, **granted))

    bob.refresh_from_db()
    assert (bob.is_superuser, bob.is_staff, bob.role) == (False, False, "TRAINEE")
    assert (bob.groups.count(), bob.user_permissions.count()) == (0, 0)


def test_staff_change_other_fields_of_ordinary_users(browser: Browser, bob: User) -> None:
    answer = browser.post(
        f"{USERS}{bob.pk}/change/", form_of(bob, first_name="Robert", email="Rob@example.com")
    )

    bob.refresh_from_db()
    assert answer.status_code == 302
    assert (bob.first_name, bob.email, bob.role) == ("Robert", "rob@example.com", "TRAINEE")


def test_staff_cannot_change_privileged_users(browser: Browser, powerful: User) -> None:
    before = snapshot()
    form = {**form_of(powerful, first_name="Forged", is_superuser="on"), **PASSWORDS}

    for page in ("change", "password", "delete"):
        url = f"{USERS}{powerful.pk}/{page}/"
        assert browser.post(url, {**form, "post": "yes"}).status_code == 403
    for action in ("deactivate", "reactivate", "delete_selected"):
        selected = {"action": action, "_selected_action": [powerful.pk], "post": "yes"}
        browser.post(USERS, selected)

    assert snapshot() == before


def test_actions_skip_privileged_users_and_say_so(browser: Browser, root: User, bob: User) -> None:
    selected = {"action": "deactivate", "_selected_action": [root.pk, bob.pk]}

    page = browser.post(USERS, selected, follow=True)

    assert User.objects.get(pk=root.pk).is_active
    assert not User.objects.get(pk=bob.pk).is_active
    assert [str(each) for each in page.context["messages"]] == [
        "1 account deactivated.",
        ReservedForSuperusers.detail,
    ]


@pytest.mark.parametrize("forged", [{"role": "ADMIN"}, {"is_superuser": "on", "is_staff": "on"}])
def test_staff_cannot_add_privileged_users(browser: Browser, forged: dict[str, str]) -> None:
    person = {"email": "new@example.com", "role": "TRAINER"}

    browser.post(f"{USERS}add/", {**person, **PASSWORDS, **forged})

    added = User.objects.filter(email="new@example.com")
    assert not added.filter(role="ADMIN").exists()
    assert not added.filter(is_staff=True).exists()
    assert added.count() == (0 if "role" in forged else 1)


def test_staff_cannot_change_groups(browser: Browser, sam: User) -> None:
    group = Group.objects.create(name="Support")
    sam.groups.add(group)
    form = {"name": "Support", "permissions": [each.pk for each in Permission.objects.all()]}

    statuses = [
        browser.post(f"/admin/auth/group/{page}/", {**form, "post": "yes"}).status_code
        for page in ("add", f"{group.pk}/change", f"{group.pk}/delete")
    ]

    assert statuses == [403, 403, 403]
    assert list(group.permissions.all()) == []
    assert browser.get("/admin/auth/group/").status_code == 200


def test_only_superusers_move_trainees_who_are_staff(root: User, dora: User) -> None:
    trainee = make_person("eve", is_staff=True)
    url = f"/admin/trainer/trainee/{trainee.pk}/change/"
    mover = browser_of(make_staff("sam", "view_trainee", "change_trainee", "view_user"))

    assert mover.post(url, {"parent_trainer": dora.pk}).status_code == 403
    assert browser_of(root).post(url, {"parent_trainer": dora.pk}).status_code == 302


def test_superuser_creates_and_changes_staff(superuser: Browser, sam: User, bob: User) -> None:
    group = Group.objects.create(name="Support")

    superuser.post(f"{USERS}{bob.pk}/change/", form_of(bob, is_staff="on", groups=group.pk))
    superuser.post(f"{USERS}{sam.pk}/change/", form_of(sam, is_superuser="on", first_name="Sammy"))
    superuser.post("/admin/auth/group/add/", {"name": "Readers"})

    bob.refresh_from_db()
    sam.refresh_from_db()
    assert (bob.is_staff, list(bob.groups.all())) == (True, [group])
    assert (sam.is_superuser, sam.first_name) == (True, "Sammy")
    assert Group.objects.filter(name="Readers").exists()


@pytest.mark.parametrize("field", ["is_staff", "is_superuser", "role"])
def test_service_grants_rights_for_superusers_only(
    root: User, sam: User, dora: User, field: str
) -> None:
    changed = User.objects.get(pk=dora.pk)
    setattr(changed, field, "ADMIN" if field == "role" else True)

    with pytest.raises(ReservedForSuperusers):
        change_account(user=changed, changed=[field], by=sam)
    with pytest.raises(ReservedForSuperusers):
        add_account(user=User(email="new@example.com", role="ADMIN"), by=sam)
    change_account(user=changed, changed=[field], by=root)

    dora.refresh_from_db()
    assert getattr(dora, field) in {"ADMIN", True}


def test_service_uses_the_current_rights_of_the_account(sam: User, bob: User) -> None:
    as_read = User.objects.get(pk=bob.pk)
    User.objects.filter(pk=bob.pk).update(is_staff=True)

    with pytest.raises(ReservedForSuperusers):
        change_account(user=as_read, changed=["first_name"], by=sam)
    with pytest.raises(ReservedForSuperusers):
        set_active(user=as_read, is_active=False, by=sam)
    with pytest.raises(ReservedForSuperusers):
        erase_account(user=as_read, messages=MessageChoice.KEEP, by=sam)

    bob.refresh_from_db()
    assert bob.is_active


def test_password_is_not_stored_if_the_account_got_rights_meanwhile(bob: User) -> None:
    as_read = User.objects.get(pk=bob.pk)
    as_read.set_password("another-long-one-7")
    User.objects.filter(pk=bob.pk).update(is_superuser=True)

    with pytest.raises(ReservedForSuperusers, match="got admin rights in the meantime"):
        store_password(user=as_read)

    bob.refresh_from_db()
    assert bob.check_password(PASSWORD)


def test_superuser_sets_the_password_of_another(superuser: Browser, sam: User) -> None:
    answer = superuser.post(f"{USERS}{sam.pk}/password/", PASSWORDS)

    sam.refresh_from_db()
    assert answer.status_code == 302
    assert sam.check_password("another-long-one-7")
