"""Passwords in composed and decomposed forms: the keyboards of two devices may differ."""

import unicodedata
from typing import Any

import pytest
from django.contrib.auth import hashers

from tests.conftest import Client
from tests.factories import PASSWORD, make_person
from trainer.codes import make_code
from trainer.services.invitations import invite_trainee
from trainer.services.joining import accept_invitation
from users.models import User
from users.services.accounts import set_password
from users.services.erasure import MessageChoice, erase_own_account
from users.services.sessions import sign_in

COMPOSED = "passé-ﬁn-2"
NORMAL = unicodedata.normalize("NFKC", COMPOSED)
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)
FORMS = (COMPOSED, NORMAL, DECOMPOSED)


def store_old_hash(user: User, raw: str) -> None:
    """Store a password as the previous release did: hashed as it was typed."""
    User.objects.filter(pk=user.pk).update(password=hashers.make_password(raw))
    user.refresh_from_db()


@pytest.mark.parametrize("typed", FORMS)
def test_password_works_in_each_form(bob: User, typed: str) -> None:
    bob.set_password(COMPOSED)
    bob.save()

    assert sign_in(email=bob.email, password=typed).access


@pytest.mark.parametrize("typed", [COMPOSED, DECOMPOSED])
def test_password_hashed_before_is_accepted_as_it_was_typed(bob: User, typed: str) -> None:
    store_old_hash(bob, typed)

    assert bob.check_password(typed)
    assert not bob.check_password(None)
    assert sign_in(email=bob.email, password=typed).access


def test_current_password_is_checked_in_both_forms(bob: User) -> None:
    store_old_hash(bob, DECOMPOSED)

    set_password(user=bob, current_password=DECOMPOSED, new_password=COMPOSED)

    bob.refresh_from_db()
    assert hashers.check_password(NORMAL, bob.password)


def test_own_erasure_checks_the_password_in_both_forms(bob: User) -> None:
    store_old_hash(bob, DECOMPOSED)

    erase_own_account(user=bob, password=DECOMPOSED, messages=MessageChoice.KEEP)

    bob.refresh_from_db()
    assert bob.erased_at


def test_former_trainee_rejoins_with_a_password_hashed_before(alice: User) -> None:
    former = make_person("former")
    store_old_hash(former, DECOMPOSED)
    invitation, _ = invite_trainee(trainer=alice, email=former.email)

    user, *_ = accept_invitation(
        code=make_code(invitation), password=DECOMPOSED, first_name="Former", last_name="Tester"
    )

    assert (user, user.parent_trainer) == (former, alice)


def test_staff_sign_in_to_the_admin_with_a_password_hashed_before(db: None) -> None:
    root = make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True)
    store_old_hash(root, DECOMPOSED)

    form = {"username": root.email, "password": DECOMPOSED}
    response: Any = Client().post("/admin/login/?next=/admin/", form, format="multipart")

    assert (response.status_code, response.url) == (302, "/admin/")


@pytest.mark.parametrize(("password", "expected"), [("plain", 1), (DECOMPOSED, 2)])
def test_unknown_address_costs_as_many_hashes_as_a_known_one(
    bob: User, password: str, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    encode = hashers.MD5PasswordHasher.encode

    def counted(self: Any, raw: str, salt: str) -> str:
        hashed.append(raw)
        return encode(self, raw, salt)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counted)
    counts = []

    for email in ("nobody@example.com", bob.email):
        hashed.clear()
        Client().post("/api/auth/jwt/create/", {"email": email, "password": password})
        counts.append(len(hashed))

    assert counts == [expected, expected]


def test_weak_password_is_refused_in_each_form(api: Client, bob: User) -> None:
    body = {"current_password": PASSWORD, "new_password": "ｐａｓｓｗｏｒｄ"}  # noqa: RUF001 - full width

    response = api.as_user(bob).post("/api/auth/users/set_password/", body)

    assert "new_password" in response.json()
