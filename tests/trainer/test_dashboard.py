"""Where every trainer lands in an existing client: trainer/dashboard/."""

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from messaging.models import Conversation
from tests.conftest import Client
from tests.factories import access_of, make_trainee, make_trainer
from tests.messaging.bodies import moment
from tests.users.bodies import NOT_ALLOWED, NOT_SIGNED_IN
from users.models import User
from users.services.accounts import deactivate_user

URL = "/api/trainer/dashboard/"
STATS = "/api/trainer/dashboard/stats/"


def row(trainee: User, conversation: Conversation | None = None, **changes: Any) -> dict[str, Any]:
    return {
        "id": trainee.pk,
        "email": trainee.email,
        "first_name": trainee.first_name,
        "last_name": trainee.last_name,
        "is_active": True,
        "created_at": moment(trainee.created_at),
        "profile_complete": True,
        "last_activity": None,
        "current_program": None,
        "conversation_id": conversation.pk if conversation else None,
        **changes,
    }


def stats(total: int, active: int) -> dict[str, Any]:
    return {
        "total_trainees": total,
        "active_trainees": active,
        "trainees_logged_today": 0,
        "trainees_on_track": 0,
        "avg_adherence_rate": 0,
        "subscription_tier": "NONE",
        "max_trainees": -1,
        "trainees_pending_onboarding": 0,
    }


def test_stats_count_own_trainees(api: Client, alice: User, bob: User, charlie: User) -> None:
    deactivate_user(user=make_trainee("gone", alice))

    response = api.as_user(alice).get(STATS)

    assert (response.status_code, response.json()) == (200, stats(total=2, active=1))
    assert api.as_user(make_trainer("new")).get(STATS).json() == stats(total=0, active=0)


def test_dashboard_lists_own_trainees_newest_first(
    api: Client, alice: User, bob: User, charlie: User, conversation: Conversation
) -> None:
    gone = make_trainee("gone", alice)
    deactivate_user(user=gone)
    token = access_of(alice)

    with time_machine.travel("2030-01-02T23:59:59+00:00"):
        asked = access_of(alice)
        response = api.with_token(asked).get(URL)

    inactive = row(gone, is_active=False)
    assert response.status_code == 200
    assert response.json() == {
        "recent_trainees": [inactive, row(bob, conversation)],
        "inactive_trainees": [inactive],
        "today": "2030-01-02",
    }
    assert api.with_token(token).get(URL).status_code == 200


def test_dashboard_lists_ten_recent_trainees_with_the_same_queries(
    api: Client, alice: User
) -> None:
    api.as_user(alice)
    counts = []
    for number in range(12):
        make_trainee(f"trainee{number}", alice)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            body = api.get(URL).json()
        counts.append(len(queries))

    names = [each["first_name"] for each in body["recent_trainees"]]
    assert names == [f"Trainee{number}" for number in range(11, 1, -1)]
    assert len(set(counts)) == 1


@pytest.mark.parametrize("url", [URL, STATS])
def test_dashboard_is_for_trainers_only(api: Client, bob: User, url: str) -> None:
    guest = api.get(url)
    trainee = api.as_user(bob).get(url)

    assert (guest.status_code, guest.json()) == (401, NOT_SIGNED_IN)
    assert (trainee.status_code, trainee.json()) == (403, NOT_ALLOWED)
