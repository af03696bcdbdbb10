"""A trainer impersonates their trainee: trainer/impersonate/."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine

from messaging.models import Conversation, Message
from messaging.services.reading import mark_read
from tests.conftest import Client
from tests.factories import access_of, impersonate
from tests.messaging.bodies import NO_TRAINEE, READ_ONLY, moment
from tests.messaging.parallel import overlapping, run_before_commit
from tests.users.bodies import INVALID_JWT, INVALID_TOKEN, NOT_ALLOWED, me_body, summary_body
from trainer.serializers import TraineeSessionSerializer
from trainer.services.trainees import impersonate_trainee, remove_trainee
from users.exceptions import TraineeNotFound
from users.models import AuthSession, ImpersonationView, User
from users.services.sessions import sign_out
from users.tokens import read_refresh_token

END = "/api/trainer/impersonate/end/"
ME = "/api/auth/users/me/"
REFRESH = "/api/auth/jwt/refresh/"
UNREAD = "/api/messaging/unread-count/"


def start_url(user: User) -> str:
    return f"/api/trainer/impersonate/{user.pk}/start/"


def test_start_returns_session_and_trainee(api: Client, alice: User, bob: User) -> None:
    response = api.as_user(alice).post(start_url(bob))

    body = response.json()
    session = AuthSession.objects.get(kind="IMPERSONATION")
    assert response.status_code == 200
    assert body == {
        "access": body["access"],
        "refresh": body["refresh"],
        "session": {
            "id": session.pk,
            "trainee": bob.pk,
            "trainee_email": "bob@example.com",
            "trainee_name": "Bob Tester",
            "started_at": moment(session.created_at),
            "ended_at": None,
            "is_active": True,
            "is_read_only": True,
            "duration_minutes": 0,
            "created_at": moment(session.created_at),
            "expires_at": moment(session.expires_at),
        },
        "trainee": summary_body(bob),
    }
    assert (session.user, session.impersonator) == (bob, alice)


def test_strangers_trainee_is_not_found(api: Client, alice: User, charlie: User) -> None:
    api.as_user(alice)

    for url in (start_url(charlie), start_url(alice), f"/api/trainer/impersonate/{2**62}/start/"):
        response = api.post(url)
        assert (response.status_code, response.json()) == (404, NO_TRAINEE)

    assert not AuthSession.objects.filter(kind="IMPERSONATION").exists()


def test_trainee_cannot_impersonate(api: Client, bob: User) -> None:
    response = api.as_user(bob).post(start_url(bob))

    assert (response.status_code, response.json()) == (403, NOT_ALLOWED)


def test_everything_is_readable_and_nothing_is_marked_as_read(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    _, tokens = impersonate(bob, by=alice)
    api.with_token(tokens.access)
    messages_url = f"/api/messaging/conversations/{conversation.pk}/messages/"

    assert api.get(ME).json() == me_body(bob)
    assert api.get("/api/messaging/conversations/").json()["count"] == 1
    assert api.get(messages_url).json()["count"] == 1
    assert api.get("/api/messaging/unread-count/").json() == {"unread_count": 1}
    assert Message.objects.filter(read_at=None).count() == 1


@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("patch", ME, {"first_name": "Forged"}),
        (
            "post",
            "/api/auth/users/set_password/",
            {"current_password": "x", "new_password": "y"},
        ),
        ("post", "/api/users/device-token/", {"token": "x", "platform": "ios"}),
        ("delete", "/api/users/device-token/", {"token": "x"}),
    ],
)
def test_every_write_is_refused(
    api: Client, alice: User, bob: User, method: str, url: str, body: dict[str, str]
) -> None:
    _, tokens = impersonate(bob, by=alice)

    response = getattr(api.with_token(tokens.access), method)(url, body)

    assert (response.status_code, response.json()) == (403, READ_ONLY)


def test_requests_of_an_impersonation_are_recorded(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    session, tokens = impersonate(bob, by=alice)
    api.with_token(tokens.access)
    messages_url = f"/api/messaging/conversations/{conversation.pk}/messages/"

    api.get(ME)
    api.get(messages_url, {"before": 9})
    api.post(f"/api/messaging/conversations/{conversation.pk}/read/")
    api.get("/api/messaging/conversations/999/messages/" + "?x=" + "y" * 600)

    views = ImpersonationView.objects.order_by("pk").values_list("session", "method", "path")
    trail = [(method, path[:60]) for pk, method, path in views if pk == session.pk]
    assert trail == [
        ("GET", ME),
        ("GET", f"{messages_url}?before=9"),
        ("POST", f"/api/messaging/conversations/{conversation.pk}/read/"),
        ("GET", f"/api/messaging/conversations/999/messages/?x={'y' * 600}"[:60]),
    ]
    assert all(each.viewed_at for each in ImpersonationView.objects.all())


def test_own_requests_are_not_recorded(api: Client, bob: User, conversation: Conversation) -> None:
    api.as_user(bob).get(ME)
    mark_read(reader=bob, conversation_id=conversation.pk)

    assert not ImpersonationView.objects.exists()


def test_end_revokes_access_refresh_and_refreshed_tokens(
    api: Client, alice: User, bob: User
) -> None:
    _, tokens = impersonate(bob, by=alice)
    fresh = api.post(REFRESH, {"refresh": tokens.refresh}).json()

    response = api.with_token(fresh["access"]).post(END)

    assert (response.status_code, response.json()) == (200, {"sessions_ended": 1})
    for access in (tokens.access, fresh["access"]):
        assert api.with_token(access).get(ME).json() == INVALID_TOKEN
        assert api.with_token(access).post(END).json() == INVALID_TOKEN
    api.credentials()
    for refresh in (tokens.refresh, fresh["refresh"]):
        assert api.post(REFRESH, {"refresh": refresh}).json() == INVALID_JWT


def test_trainer_ends_all_impersonations_with_their_own_token(
    api: Client, alice: User, bob: User
) -> None:
    looks = [impersonate(bob, by=alice)[1] for _ in range(2)]

    response = api.as_user(alice).post(END)

    assert response.json() == {"sessions_ended": 2}
    assert [api.with_token(each.access).get(ME).status_code for each in looks] == [401, 401]
    assert api.as_user(bob).get(ME).status_code == 200


def test_stranger_cannot_end_an_impersonation(
    api: Client, alice: User, bob: User, dora: User
) -> None:
    _, tokens = impersonate(bob, by=alice)

    response = api.as_user(dora).post(END)

    assert (response.status_code, response.json()["code"]) == (400, "not_impersonating")
    assert api.with_token(tokens.access).get(ME).status_code == 200


def test_sign_out_of_the_trainer_ends_the_impersonation(
    api: Client, alice: User, bob: User
) -> None:
    signed_in = api.post(
        "/api/auth/jwt/create/",
        {"email": "alice@example.com", "password": "correct-horse-battery-1"},
    ).json()
    _, tokens = impersonate(bob, by=alice)

    sign_out(claims=read_refresh_token(signed_in["refresh"]))

    assert api.with_token(tokens.access).get(ME).json() == INVALID_TOKEN


def test_sign_out_of_an_impersonation_ends_that_one_alone(
    api: Client, alice: User, bob: User, dora: User
) -> None:
    _, foreign = impersonate(alice, by=dora)
    (_, own), signed_in = impersonate(bob, by=alice), access_of(alice)

    sign_out(claims=read_refresh_token(foreign.refresh))

    tokens = (foreign.access, own.access, signed_in)
    assert [api.with_token(each).get(ME).status_code for each in tokens] == [401, 200, 200]


def test_impersonation_within_an_impersonation_is_refused(
    api: Client, alice: User, bob: User, dora: User
) -> None:
    _, tokens = impersonate(alice, by=dora)

    response = api.with_token(tokens.access).post(start_url(bob))

    assert (response.status_code, response.json()) == (403, READ_ONLY)


@overlapping
@pytest.mark.django_db(transaction=True)
def test_impersonation_started_after_a_removal_is_refused(alice: User, bob: User) -> None:
    remove = partial(remove_trainee, trainer=alice, trainee_id=bob.pk)
    look = partial(impersonate_trainee, trainer=alice, trainee_id=bob.pk)

    outcome = run_before_commit(remove, look)

    assert isinstance(outcome, TraineeNotFound)
    assert not AuthSession.objects.exists()


@overlapping
@pytest.mark.django_db(transaction=True)
def test_impersonation_started_before_a_removal_ends_with_it(alice: User, bob: User) -> None:
    remove = partial(remove_trainee, trainer=alice, trainee_id=bob.pk)
    look = partial(impersonate_trainee, trainer=alice, trainee_id=bob.pk)

    run_before_commit(look, remove)

    assert AuthSession.objects.get().ended_at


def test_impersonation_counts_for_the_throttle_of_the_impersonator(
    api: Client, settings: Any, alice: User, bob: User
) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "user": "2/minute"}
    _, looking = impersonate(bob, alice)
    own = access_of(bob)

    looked = [api.with_token(looking.access).get(UNREAD).status_code for _ in range(3)]
    answer = api.with_token(own).get(UNREAD)

    assert looked == [200, 200, 429]
    assert answer.status_code == 200


def test_session_of_a_trainee_without_a_name_shows_the_address_and_its_duration(
    alice: User, bob: User
) -> None:
    User.objects.filter(pk=bob.pk).update(first_name="", last_name="")
    bob.refresh_from_db()
    session, _ = impersonate(bob, by=alice)
    begun = session.created_at

    with time_machine.travel(begun + timedelta(minutes=2, seconds=59), tick=False):
        running = TraineeSessionSerializer(session).data
    session.ended_at = begun + timedelta(minutes=1, seconds=1)
    ended = TraineeSessionSerializer(session).data
    with time_machine.travel(begun + timedelta(hours=5)):
        session.ended_at = None
        expired = TraineeSessionSerializer(session).data

    assert running["trainee_name"] == "bob@example.com"
    assert (running["is_active"], running["duration_minutes"]) == (True, 2)
    assert (ended["is_active"], ended["duration_minutes"]) == (False, 1)
    assert expired["is_active"] is False
