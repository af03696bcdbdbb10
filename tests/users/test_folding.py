"""The folded names of people, which search and lists use."""

from typing import Any

import pytest
from django.test import Client as Browser

from tests.factories import make_person
from users.folded_names import fold_person
from users.models import User
from users.services.accounts import ProfileChange, update_profile
from users.services.erasure import MessageChoice, begin_erasure
from users.services.folding import fold_changed_names


def folded(user: User) -> dict[str, Any]:
    row = User.objects.values("search_text", "sort_key", "folded_from").get(pk=user.pk)
    return {**row, "sort_key": bytes(row["sort_key"])}


def test_names_are_folded_when_they_are_stored(bob: User) -> None:
    update_profile(user=bob, change=ProfileChange(first_name="José"))

    assert folded(bob) == fold_person("José", "Tester", "bob@example.com")
    assert folded(bob)["search_text"] == "jose tester bob@example.com"


def test_other_changes_do_not_fold_again(bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(search_text="kept")

    bob.set_password("another-long-secret-2")
    bob.save(update_fields=["password"])

    assert folded(bob)["search_text"] == "kept"


def test_job_folds_names_that_another_process_has_stored(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("users.services.folding.BATCH", 1)
    User.objects.update(first_name="José")

    counts = fold_changed_names(), fold_changed_names()

    assert counts == (2, 0)
    assert folded(alice) == fold_person("José", "Tester", "alice@example.com")


def test_erasure_removes_the_folded_names(bob: User) -> None:
    begin_erasure(locked=bob, messages=MessageChoice.KEEP, origin="in a test")

    assert folded(bob) == {"search_text": "", "sort_key": b"", "folded_from": ""}


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("users/user", 1),
        ("trainer/trainee", 1),
        ("messaging/conversation", 1),
        ("messaging/message", 1),
    ],
)
def test_admin_finds_a_name_without_its_accents(
    conversation: Any, alice: User, bob: User, page: str, found: int
) -> None:
    for user in (alice, bob):
        update_profile(user=user, change=ProfileChange(first_name=f"José {user.pk}"))
    root = make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True)
    browser = Browser()
    browser.force_login(root)
    searched = alice if page == "messaging/message" else bob

    response = browser.get(f"/admin/{page}/", {"q": f"JOSE\u0301 {searched.pk}"})

    assert response.context["cl"].result_count == found
