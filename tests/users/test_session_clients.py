"""Sessions show from where, with what browser and when they were last used."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from privacy.contents import describe_account
from tests.admin.conftest import browser_of
from tests.conftest import Client
from tests.factories import PASSWORD, impersonate, make_person, tokens_of
from tests.jobs.running import run_due
from tests.privacy.people import begin
from trainer.codes import get_valid_code
from trainer.models import Invitation
from trainer.services.invitations import invite_trainee
from users.exceptions import InvalidToken
from users.models import AuthSession, User
from users.services.sessions import end_sessions, refresh_session
from users.tokens import read_refresh_token

FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/17.5 Mobile/15E148 Safari/604.1"
)
HOME, GYM = "192.0.2.7", "2001:db8::9"
AT_HOME: dict[str, Any] = {"REMOTE_ADDR": HOME, "HTTP_USER_AGENT": FIREFOX}
IN_THE_GYM: dict[str, Any] = {"REMOTE_ADDR": GYM, "HTTP_USER_AGENT": SAFARI}
NOON = datetime.fromisoformat("2026-11-28T12:00:00+00:00")
LATER = NOON + timedelta(minutes=50)


def sign_in(api: Client, **client: Any) -> Any:
    credentials = {"email": "bob@example.com", "password": PASSWORD}
    return api.post("/api/auth/jwt/create/", credentials, **client).json()


def client_of_newest() -> tuple[str | None, str]:
    session = AuthSession.objects.latest("pk")
    return session.address, session.user_agent


def test_refresh_stores_where_and_when_the_session_was_used(api: Client, bob: User) -> None:
    with time_machine.travel(NOON, tick=False):
        tokens = sign_in(api, **AT_HOME)
        first = AuthSession.objects.get()
    with time_machine.travel(LATER, tick=False):
        api.post("/api/auth/jwt/refresh/", {"refresh": tokens["refresh"]}, **IN_THE_GYM)

    last = AuthSession.objects.get()
    assert (first.address, first.user_agent, first.last_used_at) == (HOME, FIREFOX, NOON)
    assert (last.address, last.user_agent, last.last_used_at) == (GYM, SAFARI, LATER)


def test_other_requests_write_nothing_to_the_session(api: Client, bob: User) -> None:
    tokens = sign_in(api, **AT_HOME)
    before = AuthSession.objects.values().get()

    api.with_token(tokens["access"]).get("/api/auth/users/me/", **IN_THE_GYM)

    assert AuthSession.objects.values().get() == before


def test_refresh_of_an_unknown_client_keeps_what_was_known(api: Client, bob: User) -> None:
    tokens = sign_in(api, **AT_HOME)

    body = {"refresh": tokens["refresh"]}
    api.post("/api/auth/jwt/refresh/", body, REMOTE_ADDR="unix:", HTTP_USER_AGENT="\0é")

    assert client_of_newest() == (HOME, FIREFOX)


def test_long_header_is_cut(api: Client, bob: User) -> None:
    sign_in(api, REMOTE_ADDR="::ffff:192.0.2.7", HTTP_USER_AGENT="x" * 5000)

    assert client_of_newest() == (HOME, "x" * 300)


def test_accepted_invitation_begins_a_session_with_its_client(api: Client, alice: User) -> None:
    invite_trainee(trainer=alice, email="eve@example.com")
    code = get_valid_code(Invitation.objects.get())
    names = {"first_name": "Eve", "last_name": "New"}

    response = api.post(
        "/api/auth/invitations/accept/", {"code": code, "password": PASSWORD, **names}, **AT_HOME
    )

    assert response.status_code == 201
    assert client_of_newest() == (HOME, FIREFOX)


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (User.Role.TRAINER, "/api/trainer/impersonate/{bob}/start/"),
        (User.Role.ADMIN, "/api/admin/impersonate/{alice}/start/"),
        (User.Role.ADMIN, "/api/admin/impersonate/{alice}/"),
    ],
)
def test_impersonation_shows_the_client_of_the_impersonator(
    api: Client, alice: User, bob: User, role: User.Role, path: str
) -> None:
    by = alice if role == User.Role.TRAINER else make_person("root", role=role)

    response: Any = api.as_user(by).post(path.format(alice=alice.pk, bob=bob.pk), **AT_HOME)

    assert client_of_newest() == (HOME, FIREFOX)
    api.post("/api/auth/jwt/refresh/", {"refresh": response.json()["refresh"]}, **IN_THE_GYM)
    assert client_of_newest() == (GYM, SAFARI)


def test_refresh_of_an_impersonation_does_not_extend_it(alice: User, bob: User) -> None:
    session, tokens = impersonate(bob, by=alice)

    refresh_session(claims=read_refresh_token(tokens.refresh))

    assert AuthSession.objects.get(pk=session.pk).expires_at == session.expires_at


def test_impersonation_that_ends_during_a_refresh_is_not_refreshed(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, tokens = impersonate(bob, by=alice)
    stale = AuthSession.objects.get(pk=session.pk)
    end_sessions(AuthSession.objects.all())
    monkeypatch.setattr("users.services.sessions.get_valid_session", lambda _: stale)

    with pytest.raises(InvalidToken):
        refresh_session(claims=read_refresh_token(tokens.refresh))


def test_admin_and_export_show_where_sessions_were_used(
    api: Client, alice: User, bob: User
) -> None:
    sign_in(api, **AT_HOME)
    api.as_user(alice).post(f"/api/trainer/impersonate/{bob.pk}/start/", **IN_THE_GYM)
    root = browser_of(make_person("root", is_staff=True, is_superuser=True))

    pages = [
        root.get(f"/admin/users/{kind}/{page}").content.decode()
        for kind, session in (
            ("authsession", AuthSession.objects.get(user=bob, kind="SIGN_IN")),
            ("impersonationsession", AuthSession.objects.get(kind="IMPERSONATION")),
        )
        for page in ("", f"{session.pk}/change/")
    ]

    assert all("Firefox 128 on Android" in each and HOME in each for each in pages[:2])
    assert all("Safari 17 on iPhone" in each and GYM in each for each in pages[2:])
    (own,) = describe_account(bob)["sign_ins"]
    (of_trainer,) = describe_account(alice)["impersonations_by_you"]
    assert (own["browser"], own["address"]) == ("Firefox 128 on Android", HOME)
    assert (of_trainer["browser"], of_trainer["address"]) == ("Safari 17 on iPhone", GYM)
    assert GYM not in str(describe_account(bob))


def test_session_of_the_previous_release_is_unknown(bob: User) -> None:
    AuthSession.objects.create(user=bob, user_email=bob.email, expires_at=timezone.now())

    (row,) = describe_account(bob)["sign_ins"]

    assert (row["browser"], row["address"], row["last_used_at"]) == ("unknown", None, None)


def test_record_of_an_erased_impersonator_has_no_address_and_no_browser(
    api: Client, alice: User, bob: User
) -> None:
    tokens_of(bob)
    api.as_user(alice).post(f"/api/trainer/impersonate/{bob.pk}/start/", **IN_THE_GYM)
    begin(alice)

    run_due()

    session = AuthSession.objects.get(kind="IMPERSONATION")
    assert (session.impersonator_email, session.address, session.user_agent) == (
        "[removed]",
        None,
        "",
    )
