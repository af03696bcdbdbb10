"""What the page of an invitation's link shows: auth/invitations/preview/, and the link as a QR code."""

from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.utils import timezone

from tests.conftest import Client
from tests.factories import PASSWORD, make_trainee
from tests.messaging.bodies import moment
from tests.refusals import refusal
from trainer.codes import make_code
from trainer.models import Invitation
from trainer.services.invitations import invite_trainee, resend_invitation, withdraw_invitation
from trainer.services.joining import accept_invitation
from users.models import User
from users.serializers import image_url
from users.services.accounts import deactivate_user

pytestmark = pytest.mark.django_db

URL = "/api/trainer/invitations/"
PREVIEW = "/api/auth/invitations/preview/"
EVE: dict[str, Any] = {"password": PASSWORD, "first_name": "Eve", "last_name": "New"}
INVALID = refusal(
    "This invitation is no longer valid. Please ask your trainer for a new one.",
    "invalid_invitation",
)
EXPIRED = refusal(
    "This invitation has expired. Please ask your trainer for a new one.", "invitation_expired"
)
ACCEPTED = refusal("This invitation has already been used. Sign in instead.", "invitation_accepted")
CANCELLED = refusal("Your trainer has withdrawn this invitation.", "invitation_cancelled")
NOT_FOUND = refusal(
    "You have no pending invitation like this. It may have been accepted or withdrawn.",
    "not_found",
)


@pytest.fixture
def invitation(alice: User) -> Invitation:
    return invite_trainee(trainer=alice, email="eve@example.com", message="Join us!")[0]


def preview(code: object) -> tuple[int, Any]:
    response = Client().post(PREVIEW, {"code": code})
    return response.status_code, response.json()


def test_code_shows_who_invites_whom(alice: User, invitation: Invitation) -> None:
    User.objects.filter(pk=alice.pk).update(profile_image="pictures/alice.jpg")

    assert preview(make_code(invitation)) == (
        200,
        {
            "trainer": {
                "first_name": "Alice",
                "last_name": "Tester",
                "business_name": "Alice Fitness",
                "profile_image": image_url(User.objects.get(pk=alice.pk)),
            },
            "email": "eve@example.com",
            "message": "Join us!",
            "expires_at": moment(invitation.expires_at),
        },
    )


def test_trainer_without_picture_and_business_has_neither(
    alice: User, invitation: Invitation
) -> None:
    User.objects.filter(pk=alice.pk).update(business_name="")

    trainer = preview(make_code(invitation))[1]["trainer"]

    assert (trainer["business_name"], trainer["profile_image"]) == (None, None)


def test_page_does_not_tell_whether_the_person_has_an_account(
    alice: User, invitation: Invitation
) -> None:
    before = preview(make_code(invitation))
    make_trainee("eve", None)

    assert preview(make_code(invitation)) == before


@pytest.mark.parametrize("code", ["unknown", "x" * 200])
def test_unknown_code_shows_nothing(invitation: Invitation, code: str) -> None:
    assert preview(code) == (400, INVALID)


@pytest.mark.parametrize("code", ["", "\u0000", "x" * 201, None, 5, ["unknown"]])
def test_malformed_code_is_refused(invitation: Invitation, code: object) -> None:
    status, body = preview(code)

    assert (status, set(body)) == (400, {"code"})


def test_code_of_before_a_renewal_shows_nothing(alice: User, invitation: Invitation) -> None:
    old = make_code(invitation)
    resend_invitation(trainer=alice, invitation_id=invitation.pk)

    assert preview(old) == (400, INVALID)


def test_expired_code_says_so(invitation: Invitation) -> None:
    code = make_code(invitation)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert preview(code) == (400, EXPIRED)


def test_withdrawn_code_says_so(alice: User, invitation: Invitation) -> None:
    code = make_code(invitation)
    withdraw_invitation(trainer=alice, invitation_id=invitation.pk)

    assert preview(code) == (400, CANCELLED)


def test_used_code_says_so(invitation: Invitation) -> None:
    code = make_code(invitation)
    accept_invitation(code=code, **EVE)

    assert preview(code) == (400, ACCEPTED)


def demote(user: User) -> None:
    User.objects.filter(pk=user.pk).update(role=User.Role.ADMIN)


def lose_access_for_a_while(user: User) -> None:
    deactivate_user(user=user)
    User.objects.filter(pk=user.pk).update(is_active=True)


@pytest.mark.parametrize(
    "end", [lambda user: deactivate_user(user=user), demote, lose_access_for_a_while]
)
def test_code_of_somebody_who_cannot_invite_any_more_shows_nothing(
    alice: User, invitation: Invitation, end: Any
) -> None:
    end(alice)

    assert preview(make_code(invitation)) == (400, INVALID)


def test_link_is_shown_with_a_qr_code_on_white(api: Client, alice: User) -> None:
    invitation, _ = invite_trainee(trainer=alice, email="eve@example.com")

    response = api.as_user(alice).get(f"{URL}{invitation.pk}/link/")

    body = response.json()
    link = f"{settings.PUBLIC_URL}/join#code={make_code(invitation)}"
    assert (response.status_code, body) == (200, {"link": link, "image": body["image"]})
    assert body["image"].startswith("data:image/svg+xml")
    assert 'fill="#fff"' in unquote(body["image"]).replace("'", '"')


def expire(alice: User, pk: int) -> None:
    Invitation.objects.update(expires_at=timezone.now())


def withdraw(alice: User, pk: int) -> None:
    withdraw_invitation(trainer=alice, invitation_id=pk)


def accept(alice: User, pk: int) -> None:
    accept_invitation(code=make_code(Invitation.objects.get()), **EVE)


@pytest.mark.parametrize("end", [expire, withdraw, accept])
def test_invitation_that_cannot_be_accepted_has_no_link(
    api: Client, alice: User, invitation: Invitation, end: Any
) -> None:
    end(alice, invitation.pk)

    response = api.as_user(alice).get(f"{URL}{invitation.pk}/link/")

    assert (response.status_code, response.json()) == (404, NOT_FOUND)


def test_another_trainers_invitation_has_no_link(
    api: Client, dora: User, invitation: Invitation
) -> None:
    answers = [api.as_user(dora).get(f"{URL}{pk}/link/") for pk in (invitation.pk, 2**63 - 1)]

    assert [(each.status_code, each.json()) for each in answers] == [(404, NOT_FOUND)] * 2
