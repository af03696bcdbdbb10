"""users/email-preferences/: when a user gets an email about unread messages."""

from functools import partial
from typing import Any

import pytest

from notifications.models import NotificationPreferences
from notifications.services.preferences import choose_unread_email, stop_unread_emails
from tests.conftest import Client
from tests.factories import impersonate
from tests.messaging.parallel import run_at_once
from tests.users.bodies import NOT_SIGNED_IN
from users.models import User

URL = "/api/users/email-preferences/"
OTHERS = "/api/users/notification-preferences/"
BY_DEFAULT = {"unread_messages": "day", "is_silenced": False}


def test_default_is_a_day_and_stores_nothing(api: Client, bob: User) -> None:
    response = api.as_user(bob).get(URL)

    assert (response.status_code, response.json()) == (200, BY_DEFAULT)
    assert not NotificationPreferences.objects.exists()


def test_operator_chooses_for_those_who_have_not(api: Client, bob: User, settings: Any) -> None:
    settings.UNREAD_EMAIL_DEFAULT = "off"
    before = api.as_user(bob).get(URL).json()
    api.patch(URL, {"unread_messages": "hour"})

    assert before == {"unread_messages": "off", "is_silenced": False}
    assert api.get(URL).json() == {"unread_messages": "hour", "is_silenced": False}


@pytest.mark.parametrize("wait", ["off", "hour", "day"])
def test_choice_is_stored_for_its_user_only(api: Client, alice: User, bob: User, wait: str) -> None:
    response = api.as_user(bob).patch(URL, {"unread_messages": wait, "id": 5})

    assert (response.status_code, response.json()) == (
        200,
        {"unread_messages": wait, "is_silenced": False},
    )
    assert api.get(URL).json() == response.json()
    assert api.as_user(alice).get(URL).json() == BY_DEFAULT


def test_nothing_to_change_changes_nothing(api: Client, bob: User) -> None:
    response = api.as_user(bob).patch(URL, {"is_silenced": True})

    assert (response.status_code, response.json()) == (200, BY_DEFAULT)
    assert not NotificationPreferences.objects.exists()


@pytest.mark.parametrize("value", ["", "week", "DAY", 1, True, None, [], {}, "\0"])
def test_other_values_are_refused(api: Client, bob: User, value: Any) -> None:
    response = api.as_user(bob).patch(URL, {"unread_messages": value})

    assert (response.status_code, list(response.json())) == (400, ["unread_messages"])
    assert api.get(URL).json() == BY_DEFAULT


def test_flat_map_of_existing_clients_stays_as_it_is(api: Client, bob: User) -> None:
    before = api.as_user(bob).get(OTHERS).json()
    api.patch(URL, {"unread_messages": "hour"})
    ignored = api.patch(OTHERS, {"unread_email": "off", "new_message": False})

    assert ignored.json() == api.get(OTHERS).json() == {**before, "new_message": False}
    assert api.get(URL).json() == {"unread_messages": "hour", "is_silenced": True}


@pytest.mark.django_db(transaction=True)
def test_first_changes_at_the_same_time_both_succeed(bob: User) -> None:
    done, failed = run_at_once(
        [
            partial(choose_unread_email, user=bob, wait="hour"),
            partial(stop_unread_emails, user_id=bob.pk),
        ]
    )

    assert (len(done), failed) == (2, [])
    assert NotificationPreferences.objects.get().unread_email in ("hour", "off")


def test_preferences_need_a_token(api: Client, db: None) -> None:
    for response in (api.get(URL), api.patch(URL, {"unread_messages": "off"})):
        assert (response.status_code, response.json()) == (401, NOT_SIGNED_IN)


def test_impersonator_sees_the_choice_and_cannot_change_it(
    api: Client, alice: User, bob: User
) -> None:
    api.with_token(impersonate(bob, by=alice)[1].access)

    assert api.get(URL).json() == BY_DEFAULT
    response = api.patch(URL, {"unread_messages": "off"})
    assert (response.status_code, response.json()["code"]) == (403, "impersonation_read_only")
    assert not NotificationPreferences.objects.exists()


def test_erased_person_gets_no_row(bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(erased_at="2026-01-01T00:00Z")

    stop_unread_emails(user_id=bob.pk)
    stop_unread_emails(user_id=2**62)

    assert not NotificationPreferences.objects.exists()
