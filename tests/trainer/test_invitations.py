"""How trainees join: trainer/invitations/ and auth/invitations/accept/."""

from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from messaging.models import Conversation
from tests.conftest import Client
from tests.factories import (
    PASSWORD,
    access_of,
    impersonate,
    make_person,
    make_trainee,
    open_conversation,
)
from tests.messaging.bodies import moment, page_body
from tests.messaging.parallel import run_at_once
from tests.refusals import refusal
from tests.users.bodies import INVALID_TOKEN, NOT_ALLOWED, me_body
from tests.users.post import link_in, wait_for_mail
from trainer.codes import make_code
from trainer.exceptions import InvalidInvitation
from trainer.models import Invitation
from trainer.services.invitations import invite_trainee
from trainer.services.joining import accept_invitation
from trainer.services.trainees import remove_trainee
from users.models import User
from users.services.accounts import deactivate_user

URL = "/api/trainer/invitations/"
ACCEPT = "/api/auth/invitations/accept/"
EVE: dict[str, Any] = {"password": PASSWORD, "first_name": "Eve", "last_name": "New"}
DEAD_LINK = refusal(
    "This invitation is no longer valid. Please ask your trainer for a new one.",
    "invalid_invitation",
)
NOT_PENDING = refusal(
    "You have no pending invitation like this. It may have been accepted or withdrawn.",
    "not_found",
)
TAKEN = refusal(
    (
        "The account with your email address cannot join this trainer. Ask your trainer to invite"
        " you at a different address."
    ),
    "already_has_trainer",
)


@pytest.fixture
def invite(
    api: Client, alice: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Any:
    """Return a function that invites somebody as Alice, and runs the on-commit callbacks."""

    def invite(email: str = "eve@example.com", **body: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return Client().as_user(alice).post(URL, {"email": email, **body})

    return invite


def code_of(count: int = 1) -> str:
    """Run the jobs that send e-mails, check that `count` have been sent, and return the last code."""
    fragment = urlsplit(link_in(wait_for_mail(count))).fragment
    return parse_qs(fragment)["code"][0]


def invitation_body(invitation: Invitation, **changes: Any) -> dict[str, Any]:
    invitation.refresh_from_db()
    return {
        "id": invitation.pk,
        "email": invitation.email,
        "invitation_code": make_code(invitation),
        "status": "pending",
        "trainer_email": invitation.trainer.email,
        "program_template": None,
        "program_template_name": None,
        "message": invitation.message,
        "expires_at": moment(invitation.expires_at),
        "accepted_at": moment(invitation.accepted_at),
        "created_at": moment(invitation.created_at),
        "is_expired": False,
        "email_status": invitation.email_status,
        "link": f"{settings.PUBLIC_URL}/join#code={make_code(invitation)}",
        **changes,
    }


def test_invitation_is_mailed_with_a_link_for_seven_days(invite: Any, settings: Any) -> None:
    settings.PUBLIC_URL = "https://gym.example"

    response = invite(" Eve@Example.com ", message="Join us!")

    invitation, message = Invitation.objects.get(), wait_for_mail()
    assert (response.status_code, response.json()) == (
        201,
        invitation_body(invitation, email_status="waiting"),
    )
    assert (invitation.email, message.to) == ("eve@example.com", ["eve@example.com"])
    assert link_in(message).startswith("https://gym.example/join#code=")
    assert "Alice Tester has invited you to train with them." in message.body
    assert "Join us!" in message.body
    lifetime = invitation.expires_at - timezone.now()
    assert timedelta(days=6, hours=23) < lifetime <= timedelta(days=7)


def test_trainers_name_does_not_turn_the_sentence_of_the_email(invite: Any, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(
        first_name="\u05e0\u05d5\u05e2\u05d4\u202e", last_name=""
    )

    invite()

    sentence = "\u2068\u05e0\u05d5\u05e2\u05d4\u2069 has invited you to train with them."
    assert sentence in wait_for_mail().body


def test_invisible_message_is_refused(invite: Any) -> None:
    response = invite(message="\u200b")

    reason = "This has no visible characters. Please write something."
    assert (response.status_code, response.json()) == (400, {"message": [reason]})


def test_only_a_hash_of_the_code_is_stored(invite: Any) -> None:
    response = invite()

    code, row = code_of(), Invitation.objects.values().get()
    assert code not in str(row)
    assert len(row["code_hash"]) == 64
    assert response.json()["invitation_code"] == code


def test_invitation_of_the_same_address_is_renewed(api: Client, invite: Any) -> None:
    first = invite()
    old = code_of()

    again = invite("EVE@example.com", message="Again")

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == invitation_body(Invitation.objects.get())
    assert api.post(ACCEPT, {"code": old, **EVE}).json() == DEAD_LINK
    assert api.post(ACCEPT, {"code": code_of(2), **EVE}).status_code == 201


def test_list_shows_own_invitations_newest_first(
    api: Client, alice: User, dora: User, invite: Any
) -> None:
    for email in ("eve@example.com", "fred@example.com"):
        invite(email)
    invite_trainee(trainer=dora, email="gina@example.com")

    response = api.as_user(alice).get(URL)

    fred, eve = Invitation.objects.filter(trainer=alice).order_by("-pk")
    assert (response.status_code, response.json()) == (
        200,
        page_body(invitation_body(fred), invitation_body(eve), count=2),
    )


def test_accepting_creates_a_signed_in_trainee(api: Client, alice: User, invite: Any) -> None:
    invite()

    response = api.post(ACCEPT, {"code": code_of(), **EVE})

    eve, body = User.objects.get(email="eve@example.com"), response.json()
    assert response.status_code == 201
    assert body == {
        "access": body["access"],
        "refresh": body["refresh"],
        "user": me_body(eve),
        "conversation_id": Conversation.objects.get(trainer=alice, trainee=eve).pk,
    }
    assert (eve.role, eve.parent_trainer, eve.get_full_name()) == ("TRAINEE", alice, "Eve New")
    assert body["user"]["onboarding_completed"] is True
    assert eve.check_password(PASSWORD)
    assert api.with_token(body["access"]).get("/api/auth/users/me/").json() == me_body(eve)
    assert Invitation.objects.get().accepted_at


def test_accepting_twice_is_refused(api: Client, invite: Any) -> None:
    invite()
    body = {"code": code_of(), **EVE}
    api.post(ACCEPT, body)

    again = api.post(ACCEPT, body)

    assert (again.status_code, again.json()) == (400, DEAD_LINK)


def test_accepting_after_seven_days_is_refused_until_it_is_sent_again(
    api: Client,
    alice: User,
    invite: Any,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    pk = invite().json()["id"]
    body = {"code": code_of(), **EVE}

    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)):
        assert api.post(ACCEPT, body).json() == DEAD_LINK
        with django_capture_on_commit_callbacks(execute=True):
            resent = api.as_user(alice).post(f"{URL}{pk}/resend/")
        api.credentials()
        assert (resent.status_code, resent.json()) == (
            200,
            invitation_body(Invitation.objects.get()),
        )
        assert api.post(ACCEPT, body).json() == DEAD_LINK
        assert api.post(ACCEPT, {**body, "code": code_of(2)}).status_code == 201


def test_withdrawn_invitation_and_its_link_are_invalid(
    api: Client, alice: User, invite: Any
) -> None:
    pk = invite().json()["id"]
    code = code_of()

    response = api.as_user(alice).delete(f"{URL}{pk}/")

    api.credentials()
    assert (response.status_code, response.content) == (204, b"")
    assert api.post(ACCEPT, {"code": code, **EVE}).json() == DEAD_LINK
    assert api.as_user(alice).get(URL).json() == page_body(count=0)
    assert [api.delete(f"{URL}{pk}/").json(), api.post(f"{URL}{pk}/resend/").json()] == [
        NOT_PENDING,
        NOT_PENDING,
    ]


def test_accepted_invitation_can_be_neither_withdrawn_nor_resent(
    api: Client, alice: User, invite: Any
) -> None:
    pk = invite().json()["id"]
    api.post(ACCEPT, {"code": code_of(), **EVE})
    api.as_user(alice)

    answers = [api.delete(f"{URL}{pk}/"), api.post(f"{URL}{pk}/resend/")]

    assert [(each.status_code, each.json()) for each in answers] == [(404, NOT_PENDING)] * 2
    assert api.get(URL).json()["count"] == 1


def test_another_trainers_invitation_is_not_found(api: Client, dora: User, invite: Any) -> None:
    pk = invite().json()["id"]
    api.as_user(dora)

    answers = [
        call(url)
        for number in (pk, 2**63 - 1)
        for call, url in (
            (api.delete, f"{URL}{number}/"),
            (api.post, f"{URL}{number}/resend/"),
        )
    ]

    assert [(each.status_code, each.json()) for each in answers] == [(404, NOT_PENDING)] * 4
    assert Invitation.objects.count() == 1


def test_older_of_two_invitations_is_withdrawn(api: Client, alice: User, invite: Any) -> None:
    eve, fred = (invite(f"{name}@example.com").json()["id"] for name in ("eve", "fred"))

    assert api.as_user(alice).delete(f"{URL}{eve}/").status_code == 204

    assert Invitation.objects.listed().get().pk == fred


def test_older_of_two_invitations_is_mailed_again(
    api: Client,
    alice: User,
    invite: Any,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    eve, _ = (invite(f"{name}@example.com").json()["id"] for name in ("eve", "fred"))
    wait_for_mail(2)

    with django_capture_on_commit_callbacks(execute=True):
        assert api.as_user(alice).post(f"{URL}{eve}/resend/").json()["id"] == eve

    assert wait_for_mail(3).to == ["eve@example.com"]


def test_each_invitation_is_mailed_to_its_own_address(invite: Any) -> None:
    for name in ("eve", "fred"):
        invite(f"{name}@example.com")

    wait_for_mail(2)
    assert {tuple(each.to) for each in mail.outbox} == {("eve@example.com",), ("fred@example.com",)}


def test_former_trainee_is_invited_anew_and_the_accepted_invitation_is_kept(
    api: Client, alice: User, invite: Any
) -> None:
    accepted = invite().json()["id"]
    eve = api.post(ACCEPT, {"code": code_of(), **EVE}).json()["user"]["id"]
    remove_trainee(trainer=alice, trainee_id=eve)

    again = invite()

    assert again.status_code == 201
    assert again.json()["id"] != accepted
    assert Invitation.objects.get(pk=accepted).accepted_at
    assert api.post(ACCEPT, {"code": code_of(2), **EVE}).status_code == 201


def test_trainees_cannot_invite(api: Client, bob: User) -> None:
    api.as_user(bob)

    answers = [api.post(URL, {"email": "eve@example.com"}), api.get(URL)]

    assert [(each.status_code, each.json()) for each in answers] == [(403, NOT_ALLOWED)] * 2


def test_own_trainee_is_not_invited_again(bob: User, invite: Any) -> None:
    response = invite("bob@example.com")

    assert response.status_code == 400
    assert response.json() == refusal(
        "This person is already your trainee.", "already_your_trainee"
    )


def test_inviting_does_not_reveal_whether_an_address_is_known(charlie: User, invite: Any) -> None:
    known, unknown = invite("charlie@example.com"), invite("nobody@example.com")

    wait_for_mail(2)
    assert (known.status_code, unknown.status_code) == (201, 201)
    assert set(known.json()) == set(unknown.json())


@pytest.mark.parametrize("password", [PASSWORD, "not-the-right-one-4"])
def test_another_trainers_trainee_and_a_trainer_cannot_join(
    api: Client, dora: User, charlie: User, invite: Any, password: str
) -> None:
    for number, email in enumerate(["charlie@example.com", "dora@example.com"], start=1):
        invite(email)
        response = api.post(ACCEPT, {**EVE, "code": code_of(number), "password": password})
        assert (response.status_code, response.json()) == (400, TAKEN)

    charlie.refresh_from_db()
    assert charlie.parent_trainer == dora


def test_trainee_of_this_very_trainer_is_told_so(api: Client, alice: User, invite: Any) -> None:
    invite()
    make_trainee("eve", alice)

    response = api.post(ACCEPT, {**EVE, "code": code_of()})

    assert response.status_code == 400
    assert response.json() == refusal(
        "You have already joined this trainer. Sign in instead.", "already_has_trainer"
    )


def test_former_trainee_joins_again_with_their_own_password(
    api: Client, alice: User, bob: User, invite: Any
) -> None:
    conversation = open_conversation(alice, bob)
    remove_trainee(trainer=alice, trainee_id=bob.pk)
    invite("bob@example.com")
    body = {"code": code_of(), "first_name": "Other", "last_name": "Name"}

    wrong = api.post(ACCEPT, {**body, "password": "not-the-right-one-4"})
    right = api.post(ACCEPT, {**body, "password": PASSWORD})

    bob.refresh_from_db()
    conversation.refresh_from_db()
    reason = "You already have an account. Use its password, or reset your password."
    assert (wrong.status_code, wrong.json()) == (400, {"password": [reason]})
    assert (right.status_code, right.json()["user"]) == (201, me_body(bob))
    assert (bob.parent_trainer, bob.first_name) == (alice, "Bob")
    assert not conversation.is_archived
    assert right.json()["conversation_id"] == conversation.pk


def test_former_trainee_joins_while_the_password_is_rehashed(
    api: Client, invite: Any, settings: Any
) -> None:
    make_trainee("eve", None)
    settings.PASSWORD_HASHERS = ["tests.users.hashers.NewHasher", *settings.PASSWORD_HASHERS]
    invite()

    response = api.post(ACCEPT, {"code": code_of(), **EVE})

    eve = User.objects.get(email="eve@example.com")
    assert (response.status_code, eve.password.partition("$")[0]) == (201, "new")


def test_invitation_of_a_deactivated_trainer_is_invalid(
    api: Client, alice: User, invite: Any
) -> None:
    invite()
    code = code_of()

    deactivate_user(user=alice)

    assert api.post(ACCEPT, {"code": code, **EVE}).json() == DEAD_LINK


@pytest.mark.parametrize("role", [User.Role.TRAINEE, User.Role.ADMIN])
def test_invitation_of_a_former_trainer_is_invalid(
    api: Client, alice: User, invite: Any, role: str
) -> None:
    invite()
    code = code_of()
    alice.role = role
    alice.save(update_fields=["role"])

    response = api.post(ACCEPT, {**EVE, "code": code})

    assert (response.status_code, response.json()) == (400, DEAD_LINK)
    assert not User.objects.filter(email="eve@example.com").exists()


def test_weak_password_is_refused_and_the_link_stays_valid(api: Client, invite: Any) -> None:
    invite()
    code = code_of()

    weak = api.post(ACCEPT, {**EVE, "code": code, "password": "eve@example.com"})

    reason = "The password is too similar to the email."
    assert (weak.status_code, weak.json()) == (400, {"password": [reason]})
    assert api.post(ACCEPT, {**EVE, "code": code}).status_code == 201


@pytest.mark.parametrize("code", ["x", "é", "0" * 200])
def test_made_up_code_is_refused(api: Client, db: None, code: str) -> None:
    response = api.post(ACCEPT, {**EVE, "code": code})

    assert (response.status_code, response.json()) == (400, DEAD_LINK)


def test_guesses_of_codes_are_limited_per_network(api: Client, db: None) -> None:
    for _ in range(60):
        api.post(ACCEPT, {**EVE, "code": "x"})

    assert api.post(ACCEPT, {**EVE, "code": "x"}).status_code == 429


@pytest.mark.parametrize(
    "email", ["", "x", "a@b", "a\0@example.com", 5, "x" * 250 + "@example.com", None]
)
def test_invalid_address_is_refused(api: Client, alice: User, email: Any) -> None:
    response = api.as_user(alice).post(URL, {"email": email})

    assert (response.status_code, list(response.json())) == (400, ["email"])


def test_address_too_long_in_lower_case_is_refused(api: Client, alice: User) -> None:
    email = "a@" + ("İ" * 60 + ".") * 3 + "com"

    response = api.as_user(alice).post(URL, {"email": email})

    assert (response.status_code, list(response.json())) == (400, ["email"])


def test_message_cannot_inject_a_header(invite: Any) -> None:
    invite(message="Hi\r\nBcc: everybody@example.com")

    message = wait_for_mail()
    assert message.recipients() == ["eve@example.com"]
    assert "Bcc" not in message.message()


@pytest.mark.django_db(transaction=True)
def test_parallel_accepts_of_one_invitation_create_one_trainee(alice: User) -> None:
    invite_trainee(trainer=alice, email="eve@example.com")
    accept = partial(accept_invitation, code=code_of(), **EVE)

    joined, refused = run_at_once([accept] * 8)

    assert len(joined) == 1
    assert {type(each) for each in refused} == {InvalidInvitation}
    assert User.objects.filter(email="eve@example.com").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_trainers_invitations_accepted_at_once_give_one_trainer(
    alice: User, dora: User
) -> None:
    eve = make_trainee("eve", None)
    invitations = [invite_trainee(trainer=each, email=eve.email)[0] for each in (alice, dora)]
    wait_for_mail(2)
    codes = [parse_qs(urlsplit(link_in(each)).fragment)["code"][0] for each in mail.outbox]

    joined, refused = run_at_once([partial(accept_invitation, code=code, **EVE) for code in codes])

    eve.refresh_from_db()
    assert (len(joined), len(refused)) == (1, 1)
    accepted = Invitation.objects.get(accepted_at__isnull=False)
    assert accepted in invitations
    assert eve.parent_trainer == accepted.trainer


def test_admin_account_cannot_join(api: Client, invite: Any) -> None:
    make_person("root", role=User.Role.ADMIN)
    invite("root@example.com")

    assert api.post(ACCEPT, {**EVE, "code": code_of()}).json() == TAKEN


def test_accepting_sets_the_refresh_token_cookie_for_browsers(api: Client, invite: Any) -> None:
    invite()

    response: Any = api.post(ACCEPT, {"code": code_of(), **EVE, "cookie": True})

    body = response.json()
    assert (response.status_code, set(body)) == (201, {"access", "user", "conversation_id"})
    assert set(api.post("/api/auth/jwt/refresh/", {}).json()) == {"access"}


def test_accepting_ends_the_session_of_the_overwritten_cookie(
    api: Client, alice: User, invite: Any
) -> None:
    body = {"email": alice.email, "password": PASSWORD, "cookie": True}
    access = api.post("/api/auth/jwt/create/", body).json()["access"]
    invite()
    api.credentials()

    api.post(ACCEPT, {"code": code_of(), **EVE, "cookie": True})

    response = api.with_token(access).get("/api/auth/users/me/")
    assert (response.status_code, response.json()) == (401, INVALID_TOKEN)


def test_guesses_of_a_former_trainees_password_count_as_sign_ins(api: Client, invite: Any) -> None:
    make_trainee("eve", None)
    invite()
    body = {**EVE, "code": code_of(), "password": "not-the-right-one-4"}

    statuses = [api.post(ACCEPT, body).status_code for _ in range(10)]
    refused = api.post(ACCEPT, {**body, "password": PASSWORD})

    assert statuses == [400] * 10
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert int(refused["Retry-After"]) > 0


# Limits
# ------------------------------------------------------------------------------
def limit(settings: Any, **rates: str) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, **rates}


def test_invitations_of_a_trainer_are_limited(
    api: Client, alice: User, dora: User, settings: Any
) -> None:
    limit(settings, invitations="2/hour")
    api.as_user(alice)
    statuses = [api.post(URL, {"email": f"{n}@example.com"}).status_code for n in range(3)]
    refused: Any = api.post(f"{URL}{Invitation.objects.latest('pk').pk}/resend/")

    assert statuses == [201, 201, 429]
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert refused.json()["detail"] == "You have reached a limit. Try again in 60 minutes."
    assert 3500 < int(refused["Retry-After"]) <= 3600
    wait_for_mail(2)
    assert api.as_user(dora).post(URL, {"email": "eve@example.com"}).status_code == 201


def test_invitations_to_an_address_are_limited_over_all_trainers(
    api: Client, alice: User, dora: User, settings: Any
) -> None:
    limit(settings, invitations="3/hour", invitations_address="2/hour")
    for trainer in (alice, dora):
        assert api.as_user(trainer).post(URL, {"email": "eve@example.com"}).status_code == 201

    refused: Any = api.as_user(alice).post(URL, {"email": " EVE@example.com"})

    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    for number in range(2):
        assert api.post(URL, {"email": f"{number}@example.com"}).status_code == 201


def test_parallel_invitations_do_not_exceed_the_limit(
    transactional_db: None, alice: User, settings: Any
) -> None:
    limit(settings, invitations="3/hour")
    calls = [partial(invite_trainee, trainer=alice, email=f"{n}@example.com") for n in range(8)]

    sent, refused = run_at_once(calls)

    assert (len(sent), len(refused)) == (3, 5)


def test_inviting_again_without_a_message_keeps_the_first_one(invite: Any) -> None:
    invite(message="Welcome!")

    again = invite()

    assert again.json()["message"] == "Welcome!"
    assert "Welcome!" in wait_for_mail(1).body
    assert invite(message="New text").json()["message"] == "New text"


# What existing clients read from a row
# ------------------------------------------------------------------------------
@pytest.mark.parametrize("days", [1, "30", None])
def test_link_is_valid_for_the_chosen_days(
    api: Client, alice: User, invite: Any, days: int | str | None
) -> None:
    body = invite(**({} if days is None else {"expires_days": days})).json()
    (code, number) = code_of(), int(days or 7)

    assert body["invitation_code"] == code
    unit = "day" if number == 1 else "days"
    assert f"The link is valid for {number} {unit}." in mail.outbox[0].body
    created = Invitation.objects.get().created_at
    with time_machine.travel(created + timedelta(days=number, seconds=-60)):
        assert api.as_user(alice).get(URL).json()["results"][0]["is_expired"] is False
    with time_machine.travel(created + timedelta(days=number, seconds=60)):
        (row,) = api.as_user(alice).get(URL).json()["results"]
        assert (row["status"], row["is_expired"], row["invitation_code"]) == ("pending", True, "")
        api.credentials()
        assert api.post(ACCEPT, {"code": code, **EVE}).json() == DEAD_LINK
        resent = api.as_user(alice).post(f"{URL}{row['id']}/resend/").json()
        expiry = moment(timezone.now() + timedelta(days=number))
        assert (resent["expires_at"] or "")[:16] == (expiry or "")[:16]
        assert resent["is_expired"] is False


@pytest.mark.parametrize("days", [0, 31, -1, 10**30, "x", None, True, [7], 1.5])
def test_other_numbers_of_days_are_refused(invite: Any, days: Any) -> None:
    response = invite(expires_days=days)

    assert (response.status_code, list(response.json())) == (400, ["expires_days"])
    assert not Invitation.objects.exists()


def test_code_of_a_row_is_accepted_and_then_gone(api: Client, alice: User, invite: Any) -> None:
    code = invite().json()["invitation_code"]

    accepted = api.post(ACCEPT, {"code": code, **EVE})

    (row,) = api.as_user(alice).get(URL).json()["results"]
    assert accepted.status_code == 201
    invitation = Invitation.objects.get()
    assert row == invitation_body(invitation, invitation_code="", link=None, status="accepted")


def test_accepted_invitation_does_not_expire(api: Client, alice: User, invite: Any) -> None:
    api.post(ACCEPT, {"code": invite().json()["invitation_code"], **EVE})

    with time_machine.travel(timezone.now() + timedelta(days=40)):
        (row,) = api.as_user(alice).get(URL).json()["results"]

    assert (row["status"], row["is_expired"]) == ("accepted", False)


def test_impersonator_of_the_trainer_sees_no_code(api: Client, alice: User, invite: Any) -> None:
    invite()
    root = make_person("root", role=User.Role.ADMIN)

    response = api.with_token(impersonate(alice, by=root)[1].access).get(URL)

    (row,) = response.json()["results"]
    assert row == invitation_body(Invitation.objects.get(), invitation_code="", link=None)


def test_code_that_cannot_be_computed_is_not_shown(
    api: Client, alice: User, invite: Any, settings: Any
) -> None:
    invite()
    token = access_of(alice)
    settings.SECRET_KEY = "another-key-" * 5

    (row,) = api.with_token(token).get(URL).json()["results"]

    assert row["invitation_code"] == ""
