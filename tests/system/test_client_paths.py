"""Section 8 of the contract as existing clients call it: what they also rely on over REST."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.factories import PASSWORD, make_person, open_conversation, tokens_of
from tests.media.pictures import draw
from tests.system.contract.shapes import PAIR, TIME, Matches
from tests.system.people import Person
from tests.system.server import WebServer
from users.models import User

pytestmark = [pytest.mark.unmeasured, pytest.mark.django_db(transaction=True)]

PREFERENCES = (
    "trainee_workout",
    "trainee_weight_checkin",
    "trainee_started_workout",
    "trainee_finished_workout",
    "churn_alert",
    "re_engagement",
    "trainer_announcement",
    "achievement_earned",
    "community_event",
    "new_message",
    "community_activity",
)


@pytest.fixture
def his(host: WebServer, bob: User) -> Person:
    return Person(host, tokens_of(bob))


@pytest.fixture
def hers(host: WebServer, alice: User) -> Person:
    return Person(host, tokens_of(alice))


def test_trainee_who_has_joined_has_completed_the_onboarding(host: WebServer, hers: Person) -> None:
    guest = httpx.Client(base_url=f"{host.url}/api/")
    invited = hers.post("trainer/invitations/", email="eve@example.com").json()
    person = {"password": PASSWORD, "first_name": "Eve", "last_name": "New"}
    body = {"code": invited["invitation_code"], **person}

    joined = guest.post("auth/invitations/accept/", json=body).json()

    guest.headers["Authorization"] = f"Bearer {joined['access']}"
    assert guest.get("auth/users/me/").json()["onboarding_completed"] is True


def test_account_is_read_and_changed_under_users_me(his: Person) -> None:
    changed = his.http.patch("users/me/", json={"first_name": "Bobby"}).json()

    read = his.get("users/me/").json()

    assert read == changed == {"success": True, "user": his.get("auth/users/me/").json()}
    assert read["user"]["first_name"] == "Bobby"


def test_profile_image_is_set_and_removed(host: WebServer, his: Person) -> None:
    files = {"image": ("me", draw("PNG", (40, 40)), "application/octet-stream")}

    added = his.http.post("users/profile-image/", files=files)
    me = his.get("auth/users/me/").json()
    removed = his.http.delete("users/profile-image/")

    link = Matches(rf"{host.url}/\S+")
    assert (added.status_code, removed.status_code) == (200, 200)
    assert added.json() == {"success": True, "profile_image": link, "user": me}
    assert removed.json() == {"success": True, "user": {**me, "profile_image": None}}


def test_admin_impersonates_a_trainer(host: WebServer, alice: User) -> None:
    root = make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True)
    admin = Person(host, tokens_of(root))

    started = admin.post(f"admin/impersonate/{alice.pk}/")

    assert started.status_code == 200
    body = started.json()
    assert body == {
        **PAIR,
        "trainer": {
            "id": alice.pk,
            "email": "alice@example.com",
            "first_name": "Alice",
            "last_name": "Tester",
            "role": "TRAINER",
        },
        "message": body["message"],
    }
    assert isinstance(body["message"], str)


def test_trainer_impersonates_a_trainee(hers: Person, bob: User) -> None:
    started = hers.post(f"trainer/impersonate/{bob.pk}/start/").json()

    session = started["session"]
    assert (
        session.items()
        >= {
            "trainee": bob.pk,
            "trainee_email": "bob@example.com",
            "trainee_name": "Bob Tester",
            "started_at": TIME,
            "ended_at": None,
            "is_active": True,
            "is_read_only": True,
            "duration_minutes": 0,
        }.items()
    )
    assert isinstance(session["id"], int)


def test_invitation_has_these_fields_and_lasts_one_to_thirty_days(hers: Person) -> None:
    def invite(name: str, **options: int) -> httpx.Response:
        return hers.post("trainer/invitations/", email=f"{name}@example.com", **options)

    invited = [invite("a"), invite("b", expires_days=1), invite("c", expires_days=30)]
    refused = [invite("d", expires_days=0), invite("e", expires_days=31)]
    rows = hers.get("trainer/invitations/").json()["results"]
    row = next(each for each in rows if each["email"] == "a@example.com")

    assert [(each.status_code, days_of(each.json())) for each in invited] == [
        (201, 7),
        (201, 1),
        (201, 30),
    ]
    assert [each.status_code for each in refused] == [400, 400]
    assert (
        row.items()
        >= {
            "id": invited[0].json()["id"],
            "invitation_code": invited[0].json()["invitation_code"],
            "status": "pending",
            "trainer_email": "alice@example.com",
            "program_template": None,
            "program_template_name": None,
            "message": "",
            "expires_at": TIME,
            "accepted_at": None,
            "created_at": TIME,
            "is_expired": False,
        }.items()
    )


def days_of(row: dict[str, Any]) -> int:
    lasts = datetime.fromisoformat(row["expires_at"]) - datetime.fromisoformat(row["created_at"])
    return round(lasts / timedelta(days=1))


def test_device_is_registered_and_forgotten_by_a_post(his: Person) -> None:
    device = {"token": "device-1", "platform": "android"}

    first = his.post("users/device-token/", **device)
    again = his.post("users/device-token/", **device)
    forgotten = his.post("users/device-token/forget/", token="device-1")
    anew = his.post("users/device-token/", **device)

    assert (first.status_code, again.status_code, anew.status_code) == (201, 200, 201)
    assert first.json().items() >= {"is_active": True, **device}.items()
    assert isinstance(first.json()["id"], int)
    assert forgotten.is_success


def test_preferences_are_a_flat_map_of_booleans(his: Person) -> None:
    before = his.get("users/notification-preferences/")
    changed = his.http.patch("users/notification-preferences/", json={"new_message": False})

    every = dict.fromkeys(PREFERENCES, True)
    assert (before.status_code, before.json()) == (200, every)
    assert (changed.status_code, changed.json()) == (200, {**every, "new_message": False})
    assert his.get("users/notification-preferences/").json() == changed.json()


def test_account_is_deleted_with_the_password(
    real_passwords: None, host: WebServer, bob: User
) -> None:
    bob.set_password("a-real-secret-7")
    bob.save()
    his = Person(host, tokens_of(bob))

    def delete(password: str) -> httpx.Response:
        path = "users/profiles/delete-account/"
        return his.http.request("DELETE", path, json={"password": password})

    refused, done = delete("wrong"), delete("a-real-secret-7")

    assert (refused.status_code, refused.json().keys()) == (400, {"password"})
    assert (done.status_code, done.json()["success"]) == (200, True)
    assert done.json().keys() == {"success", "message"}
    assert his.get("auth/users/me/").status_code == 401


def test_trainer_lands_on_a_dashboard(hers: Person, alice: User, bob: User) -> None:
    open_conversation(alice, bob)

    stats = hers.get("trainer/dashboard/stats/")
    dashboard = hers.get("trainer/dashboard/").json()

    assert stats.status_code == 200
    assert stats.json() == {
        "total_trainees": 1,
        "active_trainees": 1,
        "trainees_logged_today": 0,
        "trainees_on_track": 0,
        "avg_adherence_rate": 0,
        "max_trainees": -1,
        "trainees_pending_onboarding": 0,
        "subscription_tier": "NONE",
    }
    assert dashboard.keys() == {"recent_trainees", "inactive_trainees", "today"}
    assert dashboard["recent_trainees"] == hers.get("trainer/trainees/").json()["results"]
    assert isinstance(dashboard["inactive_trainees"], list)
    assert dashboard["today"] == Matches(r"\d{4}-\d\d-\d\d")


@pytest.mark.parametrize(
    "path",
    [
        "users/me/",
        "users/notification-preferences/",
        "users/email-preferences/",
        "users/push-key/",
        "users/data-exports/",
        "trainer/dashboard/",
        "trainer/dashboard/stats/",
        "trainer/trainees/",
        "trainer/invitations/",
        "messaging/search/?q=hello",
        "messaging/unread-count/",
        "no/such/path/",
    ],
)
def test_valid_token_is_never_answered_401(
    his: Person, hers: Person, alice: User, bob: User, path: str
) -> None:
    open_conversation(alice, bob)

    assert 401 not in {each.get(path).status_code for each in (his, hers)}
    assert 401 not in {each.post(path).status_code for each in (his, hers)}
