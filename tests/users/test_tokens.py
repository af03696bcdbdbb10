"""auth/jwt/: signing in, refreshing, verifying, signing out."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from tests.conftest import Client
from tests.factories import PASSWORD, access_of, tokens_of
from tests.users.bodies import INVALID_JWT, INVALID_TOKEN, NOT_SIGNED_IN, WRONG_CREDENTIALS
from tests.users.hashers import CountingHasher
from users.models import User
from users.services.accounts import deactivate_user, reactivate_user

CREATE = "/api/auth/jwt/create/"
REFRESH = "/api/auth/jwt/refresh/"
VERIFY = "/api/auth/jwt/verify/"
BLACKLIST = "/api/auth/jwt/blacklist/"
ME = "/api/auth/users/me/"


def claims_in(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return claims


def sign_in(api: Client, email: str = "bob@example.com", password: str = PASSWORD) -> Any:
    return api.post(CREATE, {"email": email, "password": password})


def test_sign_in_returns_tokens_with_integer_ids_for_an_hour(api: Client, bob: User) -> None:
    response = sign_in(api)

    claims = claims_in(response.json()["access"])
    assert response.status_code == 200
    assert set(response.json()) == {"access", "refresh"}
    assert set(claims) == {"user_id", "sid", "exp", "iat", "jti", "token_type"}
    assert (claims["user_id"], claims["token_type"]) == (bob.pk, "access")
    assert claims["exp"] - claims["iat"] == 3600


@pytest.mark.parametrize("email", ["BOB@Example.com", "  bob@example.com "])
def test_sign_in_accepts_the_address_in_any_case(api: Client, bob: User, email: str) -> None:
    assert sign_in(api, email).status_code == 200


def test_wrong_address_wrong_password_and_deactivated_account_get_the_same_error(
    api: Client, bob: User, charlie: User
) -> None:
    deactivate_user(user=charlie)

    answers = [
        sign_in(api, "nobody@example.com"),
        sign_in(api, "bob@example.com", "wrong"),
        sign_in(api, "charlie@example.com"),
    ]

    assert {each.status_code for each in answers} == {401}
    assert {each["WWW-Authenticate"] for each in answers} == {'Bearer realm="api"'}
    assert [each.json() for each in answers] == [WRONG_CREDENTIALS] * 3


def test_wrong_address_costs_a_hash_as_a_wrong_password_does(
    api: Client, bob: User, settings: Any
) -> None:
    settings.PASSWORD_HASHERS = ["tests.users.hashers.CountingHasher"]
    bob.set_password(PASSWORD)
    bob.save()
    CountingHasher.hashed.clear()

    sign_in(api, "nobody@example.com", "one")
    sign_in(api, "bob@example.com", "two")

    assert CountingHasher.hashed == ["one", "two"]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, NOT_SIGNED_IN),
        ({"HTTP_AUTHORIZATION": "Bearer x"}, INVALID_TOKEN),
        ({"HTTP_AUTHORIZATION": "Bearer"}, INVALID_TOKEN),
        ({"HTTP_AUTHORIZATION": "Basic Ym9iOmJvYg=="}, INVALID_TOKEN),
        ({"HTTP_AUTHORIZATION": "Bearer é\xff.a.b"}, INVALID_TOKEN),
    ],
)
def test_request_without_a_valid_token_is_401(
    api: Client, bob: User, headers: dict[str, Any], body: dict[str, str]
) -> None:
    response = api.get(ME, **headers)

    assert (response.status_code, response.json()) == (401, body)
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_refresh_token_is_not_accepted_as_an_access_token(api: Client, bob: User) -> None:
    tokens = tokens_of(bob)

    assert api.with_token(tokens.refresh).get(ME).json() == INVALID_TOKEN
    assert api.post(REFRESH, {"refresh": tokens.access}).json() == INVALID_JWT


def test_token_of_another_key_is_refused(api: Client, bob: User, settings: Any) -> None:
    forged = AccessToken()
    forged["user_id"] = bob.pk
    header, _, signature = str(forged).split(".")
    payload = base64.urlsafe_b64encode(json.dumps(claims_in(str(forged))).encode()).decode()

    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode()
    for token in (f"{header}.{payload}.{signature[::-1]}", f"{none}.{payload}."):
        assert api.with_token(token).get(ME).status_code == 401


def test_access_token_expires_after_an_hour_and_can_be_refreshed(api: Client, bob: User) -> None:
    tokens = tokens_of(bob)

    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert api.with_token(tokens.access).get(ME).status_code == 401
        api.credentials()
        fresh = api.post(REFRESH, {"refresh": tokens.refresh}).json()
        assert api.with_token(fresh["access"]).get(ME).status_code == 200


def test_token_issued_by_a_server_ahead_is_valid(api: Client, bob: User) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        tokens = tokens_of(bob)
        later = AccessToken(tokens.access)  # type: ignore[arg-type]  # the stubs reject raw tokens
        later["nbf"] = later["iat"]

    for access in (tokens.access, str(later)):
        assert api.with_token(access).get(ME).status_code == 200
    api.credentials()
    assert api.post(REFRESH, {"refresh": tokens.refresh}).status_code == 200
    for token in (tokens.access, tokens.refresh):
        assert api.post(VERIFY, {"token": token}).status_code == 200


@pytest.mark.parametrize("claim", ["exp", "jti", "sid", "token_type", "user_id"])
def test_token_without_a_claim_is_refused(api: Client, bob: User, claim: str) -> None:
    token = AccessToken(tokens_of(bob).access)  # type: ignore[arg-type]  # as above
    del token[claim]

    assert api.with_token(str(token)).get(ME).json() == INVALID_TOKEN


def test_token_without_a_session_is_refused_by_every_endpoint(api: Client, bob: User) -> None:
    tokens = tokens_of(bob)
    access = AccessToken(tokens.access)  # type: ignore[arg-type]  # as above
    refresh = RefreshToken(tokens.refresh)  # type: ignore[arg-type]  # as above
    del access["sid"], refresh["sid"]

    answers = [
        api.post(VERIFY, {"token": str(access)}),
        api.post(VERIFY, {"token": str(refresh)}),
        api.post(REFRESH, {"refresh": str(refresh)}),
        api.post(BLACKLIST, {"refresh": str(refresh)}),
    ]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(401, INVALID_JWT)] * 4


@pytest.mark.parametrize("claim", ["user_id", "sid"])
@pytest.mark.parametrize("value", [0, -1, 2**63, 10**30])
def test_token_with_an_impossible_id_is_refused(
    api: Client, bob: User, claim: str, value: int
) -> None:
    token = AccessToken(tokens_of(bob).access)  # type: ignore[arg-type]  # as above
    token[claim] = value

    assert api.with_token(str(token)).get(ME).json() == INVALID_TOKEN


def test_refreshed_token_stays_valid(api: Client, bob: User) -> None:
    old = tokens_of(bob)

    answers = [api.post(REFRESH, {"refresh": old.refresh}) for _ in range(3)]

    assert {each.status_code for each in answers} == {200}
    assert all(set(each.json()) == {"access", "refresh"} for each in answers)
    for access in (old.access, *(each.json()["access"] for each in answers)):
        assert api.with_token(access).get(ME).status_code == 200


def test_refresh_token_expires_after_30_days(api: Client, bob: User) -> None:
    tokens = tokens_of(bob)

    with time_machine.travel(timezone.now() + timedelta(days=31)):
        response = api.post(REFRESH, {"refresh": tokens.refresh})

    assert (response.status_code, response.json()) == (401, INVALID_JWT)


def test_verify_answers_for_both_kinds(api: Client, bob: User) -> None:
    tokens = tokens_of(bob)

    answers = [api.post(VERIFY, {"token": each}) for each in (tokens.access, tokens.refresh, "x")]

    assert [each.status_code for each in answers] == [200, 200, 401]
    assert [each.json() for each in answers] == [{}, {}, INVALID_JWT]


def test_sign_out_revokes_every_token_of_the_session_immediately(api: Client, bob: User) -> None:
    tokens, other = tokens_of(bob), tokens_of(bob)
    fresh = api.post(REFRESH, {"refresh": tokens.refresh}).json()

    response = api.post(BLACKLIST, {"refresh": tokens.refresh})

    assert (response.status_code, response.json()) == (200, {})
    for access in (tokens.access, fresh["access"]):
        assert api.with_token(access).get(ME).json() == INVALID_TOKEN
    api.credentials()
    for refresh in (tokens.refresh, fresh["refresh"]):
        assert api.post(REFRESH, {"refresh": refresh}).json() == INVALID_JWT
    assert api.post(VERIFY, {"token": tokens.access}).status_code == 401
    assert api.post(BLACKLIST, {"refresh": tokens.refresh}).status_code == 401
    assert api.with_token(other.access).get(ME).status_code == 200


def test_deactivation_revokes_tokens_and_reactivation_does_not_restore_them(
    api: Client, bob: User
) -> None:
    tokens = tokens_of(bob)
    deactivate_user(user=bob)
    assert api.with_token(tokens.access).get(ME).json() == INVALID_TOKEN
    api.credentials()
    assert api.post(REFRESH, {"refresh": tokens.refresh}).status_code == 401

    reactivate_user(user=bob)

    assert api.post(REFRESH, {"refresh": tokens.refresh}).status_code == 401
    assert sign_in(api).status_code == 200


def test_sign_ins_are_limited_per_email_address(api: Client, bob: User) -> None:
    answers = [
        sign_in(api, email, "wrong") for email in ["bob@example.com", " BOB@example.com"] * 5
    ]
    refused = sign_in(api)

    assert {each.status_code for each in answers} == {401}
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert sign_in(api, "nobody@example.com").status_code == 401


def test_sign_ins_are_limited_per_network(api: Client, bob: User) -> None:
    for number in range(60):
        assert sign_in(api, f"nobody{number}@example.com").status_code == 401

    refused = sign_in(api)

    elsewhere = {"email": "bob@example.com", "password": PASSWORD}
    assert refused.status_code == 429
    assert api.post(CREATE, elsewhere, REMOTE_ADDR="10.0.0.1").status_code == 200


def test_verifications_count_towards_the_limit_of_the_user(
    api: Client, alice: User, bob: User, settings: Any
) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "user": "2/minute"}
    tokens = tokens_of(bob)

    statuses = [api.post(VERIFY, {"token": tokens.access}).status_code for _ in range(2)]

    refused = api.post(VERIFY, {"token": tokens.refresh})
    assert statuses == [200, 200]
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert api.post(VERIFY, {"token": access_of(alice)}).status_code == 200


@pytest.mark.parametrize("url", [REFRESH, VERIFY, BLACKLIST])
def test_requests_with_a_token_are_limited_per_network(
    api: Client, bob: User, settings: Any, url: str
) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "tokens": "2/minute"}
    body = {"token": "x", "refresh": "x"}

    answers = [api.post(url, body) for _ in range(3)]

    assert [each.status_code for each in answers] == [401, 401, 429]
    assert answers[2].json()["code"] == "throttled"
    assert 0 < int(answers[2]["Retry-After"]) <= 60
    assert api.post(url, body, REMOTE_ADDR="10.0.0.1").status_code == 401


def test_refreshes_of_a_session_are_limited_and_others_are_not(
    api: Client, bob: User, settings: Any
) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "refresh": "2/minute"}
    first, second = tokens_of(bob), tokens_of(bob)

    statuses = [api.post(REFRESH, {"refresh": first.refresh}).status_code for _ in range(3)]

    refused = api.post(REFRESH, {"refresh": first.refresh})
    assert statuses == [200, 200, 429]
    assert (refused.json()["code"], 0 < int(refused["Retry-After"]) <= 60) == ("throttled", True)
    assert api.post(REFRESH, {"refresh": second.refresh}).status_code == 200
