"""The Django admin for trainees and invitations."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from messaging.models import Conversation
from tests.factories import make_person, make_trainee
from trainer.services.invitations import invite_trainee
from users.models import User

SITE = "/admin/trainer"


@pytest.fixture
def browser(db: None) -> Browser:
    """A browser signed in as an admin."""
    browser = Browser()
    admin = make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True)
    browser.force_login(admin)
    return browser


def shown(browser: Browser, model: str, **query: str) -> list[Any]:
    response = browser.get(f"{SITE}/{model}/", query)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


@pytest.mark.parametrize("model", ["trainee", "invitation"])
def test_changelist_makes_the_same_queries_with_1_and_30_rows(
    browser: Browser, alice: User, model: str
) -> None:
    counts = []
    for numbers in (range(1), range(1, 30)):
        for number in numbers:
            make_trainee(f"member{number}", alice)
            invite_trainee(trainer=alice, email=f"guest{number}@example.com")
        with CaptureQueriesContext(connection) as captured:
            shown(browser, model)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_trainees_are_found_by_their_trainer(browser: Browser, bob: User, charlie: User) -> None:
    found = shown(browser, "trainee", q="alice@example.com")

    assert [each.pk for each in found] == [bob.pk]


@pytest.mark.parametrize("trainer", ["dora", "nobody"])
def test_moving_a_trainee_archives_the_conversation(
    browser: Browser, bob: User, dora: User, conversation: Conversation, trainer: str
) -> None:
    choice = dora.pk if trainer == "dora" else ""

    browser.post(f"{SITE}/trainee/{bob.pk}/change/", {"parent_trainer": choice})

    bob.refresh_from_db()
    conversation.refresh_from_db()
    assert (bob.parent_trainer_id or "") == choice
    assert conversation.is_archived


def test_moving_changes_nothing_else(browser: Browser, bob: User, dora: User) -> None:
    forged = {"parent_trainer": dora.pk, "email": "root2@example.com", "role": "ADMIN"}

    browser.post(f"{SITE}/trainee/{bob.pk}/change/", forged)

    bob.refresh_from_db()
    assert (bob.email, bob.role, bob.parent_trainer) == ("bob@example.com", "TRAINEE", dora)


def test_code_of_an_invitation_is_not_shown(browser: Browser, alice: User) -> None:
    invitation, _ = invite_trainee(trainer=alice, email="eve@example.com")

    page = browser.get(f"{SITE}/invitation/{invitation.pk}/change/").content.decode()

    assert "eve@example.com" in page
    assert invitation.code_hash not in page
