"""users/notification-preferences/: which notifications a user wants."""

from functools import partial
from typing import Any

import pytest

from notifications.models import DeviceToken, NotificationPreferences
from notifications.services.preferences import change_preferences
from notifications.services.sweeping import sweep
from tests.conftest import Client
from tests.factories import write
from tests.messaging.parallel import run_at_once
from tests.notifications.conftest import Later, MakeBrowser
from tests.notifications.running import begin, bodies
from tests.users.bodies import NOT_SIGNED_IN
from users.models import User

URL = "/api/users/notification-preferences/"
ALL = {
    "trainee_workout": True,
    "trainee_weight_checkin": True,
    "trainee_started_workout": True,
    "trainee_finished_workout": True,
    "churn_alert": True,
    "re_engagement": True,
    "trainer_announcement": True,
    "achievement_earned": True,
    "community_event": True,
    "new_message": True,
    "community_activity": True,
}


def test_everything_is_wanted_by_default(api: Client, bob: User) -> None:
    response = api.as_user(bob).get(URL)

    assert (response.status_code, response.json()) == (200, ALL)
    assert not NotificationPreferences.objects.exists()


def test_change_leaves_other_preferences_and_other_people_alone(
    api: Client, alice: User, bob: User
) -> None:
    api.as_user(bob)

    first = api.patch(URL, {"churn_alert": False, "id": 5, "unknown": 1})
    second = api.patch(URL, {"new_message": False})
    third = api.patch(URL, {"churn_alert": True})
    nothing = api.patch(URL, {})

    assert (first.status_code, first.json()) == (200, {**ALL, "churn_alert": False})
    assert second.json() == {**ALL, "churn_alert": False, "new_message": False}
    assert third.json() == nothing.json() == api.get(URL).json() == {**ALL, "new_message": False}
    assert api.as_user(alice).get(URL).json() == ALL


@pytest.mark.parametrize("name", ALL)
def test_each_preference_is_stored(api: Client, bob: User, name: str) -> None:
    api.as_user(bob).patch(URL, {name: False})

    assert api.get(URL).json() == {**ALL, name: False}


@pytest.mark.parametrize("value", ["false", 0, 1, "", [], {}, 1.5])
def test_other_types_are_refused(api: Client, bob: User, value: Any) -> None:
    response = api.as_user(bob).patch(URL, {"new_message": value})

    assert response.status_code == 400
    assert response.json() == {"new_message": ["Must be a valid boolean."]}
    assert api.get(URL).json() == ALL


def test_null_is_refused(api: Client, bob: User) -> None:
    response = api.as_user(bob).patch(URL, {"new_message": None})

    assert response.json() == {"new_message": ["This field may not be null."]}


def test_preferences_need_a_token(api: Client, db: None) -> None:
    answers = [api.get(URL), api.patch(URL, {})]

    assert [(each.status_code, each.json()) for each in answers] == [(401, NOT_SIGNED_IN)] * 2


@pytest.mark.django_db(transaction=True)
def test_changes_at_the_same_time_are_all_stored(bob: User) -> None:
    names = list(ALL)[:4]

    done, failed = run_at_once(
        [partial(change_preferences, user=bob, changes={name: False}) for name in names]
    )

    assert (len(done), failed) == (4, [])
    stored = NotificationPreferences.objects.get()
    assert [getattr(stored, name) for name in names] == [False] * 4


# `new_message` silences notifications
# ------------------------------------------------------------------------------
@pytest.fixture
def phone(cursor: object, bob: User, make_browser: MakeBrowser) -> DeviceToken:
    return make_browser("bob").belongs_to(bob)


@pytest.mark.usefixtures("phone")
def test_person_who_silenced_messages_is_not_notified(
    conversation: Any, alice: User, bob: User, make_browser: MakeBrowser, later: Later
) -> None:
    make_browser("alice").belongs_to(alice)
    write(bob, conversation, "An answer")
    change_preferences(user=bob, changes={"new_message": False})
    later(6)

    assert bodies() == ["An answer"]  # Alice's


@pytest.mark.usefixtures("phone")
def test_silencing_stops_notifications_that_are_queued(
    conversation: Any, bob: User, later: Later
) -> None:
    later(6)
    sweep()
    change_preferences(user=bob, changes={"new_message": False})

    assert begin() == []


@pytest.mark.usefixtures("phone")
def test_other_preferences_silence_nothing(conversation: Any, bob: User, later: Later) -> None:
    others = dict.fromkeys(ALL, False) | {"new_message": True}
    change_preferences(user=bob, changes=others)
    later(6)

    assert bodies() == ["Hello"]


@pytest.mark.usefixtures("phone")
def test_person_who_wants_messages_again_is_notified_of_the_next_one(
    conversation: Any, alice: User, bob: User, later: Later
) -> None:
    change_preferences(user=bob, changes={"new_message": False})
    later(120)
    assert bodies() == []

    change_preferences(user=bob, changes={"new_message": True})
    write(alice, conversation, "Are you there?")
    later(6)

    assert bodies() == ["2 new messages"]
