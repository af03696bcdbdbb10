"""An admin impersonates a trainer: admin/impersonate/."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from messaging.models import Conversation
from tests.conftest import Client
from tests.factories import access_of, claims_of, make_person
from tests.messaging.bodies import NOT_FOUND, READ_ONLY, moment
from tests.refusals import refusal
from tests.users.bodies import INVALID_JWT, INVALID_TOKEN, me_body, summary_body
from users.exceptions import InvalidToken
from users.models import AuthSession, User
from users.selectors import get_user_by_claims
from users.services.accounts import deactivate_user
from users.services.sessions import impersonate_trainer, sign_out

END = "/api/admin/impersonate/end/"
ME = "/api/auth/users/me/"
NONE_TO_END = refusal("There is no impersonation to end.", "not_impersonating")


@pytest.fixture
def admin(db: None) -> User:
    return make_person("root", role=User.Role.ADMIN)


def start_url(user: User) -> str:
    return f"/api/admin/impersonate/{user.pk}/start/"


def test_impersonation_by_an_admin_is_recorded(api: Client, admin: User, alice: User) -> None:
    response = api.as_user(admin).post(start_url(alice))

    body = response.json()
    session = AuthSession.objects.get(kind="IMPERSONATION")
    assert response.status_code == 200
    assert body == {
        "access": body["access"],
        "refresh": body["refresh"],
        "session": {
            "id": session.pk,
            "created_at": moment(session.created_at),
            "expires_at": moment(session.expires_at),
            "ended_at": None,
        },
        "trainer": summary_body(alice),
    }
    assert (session.user, session.impersonator) == (alice, admin)
    assert (session.user_email, session.impersonator_email) == (
        "alice@example.com",
        "root@example.com",
    )


def test_admin_reads_as_the_trainer_and_writes_nothing(
    api: Client, admin: User, alice: User, conversation: Conversation
) -> None:
    access = api.as_user(admin).post(start_url(alice)).json()["access"]

    api.with_token(access)
    read = api.get("/api/messaging/conversations/").json()
    write = api.patch(ME, {"first_name": "Forged"})

    assert [each["id"] for each in read["results"]] == [conversation.pk]
    assert api.get(ME).json() == me_body(
        alice, trainer=None, business_name="Alice Fitness", first_name="Alice"
    )
    assert (write.status_code, write.json()) == (403, READ_ONLY)


def test_impersonation_ends_with_its_token_or_the_admins_own(
    api: Client, admin: User, alice: User, dora: User
) -> None:
    api.as_user(admin)
    tokens = [api.post(start_url(user)).json()["access"] for user in (alice, dora, alice)]

    first = api.with_token(tokens[0]).post(END)
    assert (first.status_code, first.json()) == (200, {"sessions_ended": 1})
    statuses = [api.with_token(each).get(ME).status_code for each in tokens]
    assert statuses == [401, 200, 200]

    rest = api.as_user(admin).post(END)
    assert (rest.status_code, rest.json()) == (200, {"sessions_ended": 2})
    statuses = [api.with_token(each).get(ME).status_code for each in tokens]
    assert statuses == [401, 401, 401]


def test_ending_without_an_impersonation_is_an_error(api: Client, admin: User) -> None:
    response = api.as_user(admin).post(END)

    assert (response.status_code, response.json()) == (400, NONE_TO_END)


def test_admin_impersonates_active_trainers_only(
    api: Client, admin: User, bob: User, dora: User
) -> None:
    deactivate_user(user=dora)
    api.as_user(admin)

    answers = [api.post(start_url(user)) for user in (bob, dora, admin)]
    unknown = api.post(f"/api/admin/impersonate/{2**63 - 1}/start/")

    for answer in (*answers, unknown):
        assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_only_admins_impersonate_trainers(api: Client, alice: User, dora: User, bob: User) -> None:
    answers = [api.as_user(user).post(start_url(alice)) for user in (alice, dora, bob)]

    body = refusal("Only an admin can do this.", "permission_denied")
    assert [(each.status_code, each.json()) for each in answers] == [(403, body)] * 3


def test_impersonation_ends_with_the_admins_sign_out_and_deactivation(
    api: Client, admin: User, alice: User
) -> None:
    access = api.as_user(admin).post(start_url(alice)).json()["access"]

    deactivate_user(user=admin)

    assert api.with_token(access).get(ME).json() == INVALID_TOKEN


def test_impersonation_does_not_begin_once_the_admin_has_signed_out(
    admin: User, alice: User
) -> None:
    claims = claims_of(access_of(admin))
    asking = get_user_by_claims(claims)
    sign_out(claims=claims)

    with pytest.raises(InvalidToken):
        impersonate_trainer(trainer_id=alice.pk, by=asking)

    assert not AuthSession.objects.filter(kind="IMPERSONATION").exists()


def test_refreshing_does_not_extend_an_impersonation(api: Client, admin: User, alice: User) -> None:
    begun = timezone.now()
    tokens = api.as_user(admin).post(start_url(alice)).json()
    api.credentials()

    for hours in (1, 2, 3, 3.9):
        with time_machine.travel(begun + timedelta(hours=hours)):
            response = api.post("/api/auth/jwt/refresh/", {"refresh": tokens["refresh"]})
            assert response.status_code == 200
            tokens = response.json()

    with time_machine.travel(begun + timedelta(hours=4, seconds=2)):
        refreshed = api.post("/api/auth/jwt/refresh/", {"refresh": tokens["refresh"]})
        assert (refreshed.status_code, refreshed.json()) == (401, INVALID_JWT)
        assert api.with_token(tokens["access"]).get(ME).status_code == 401
