"""The same accounts under the paths of another existing client: users/me/ and users/profile-image/."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.conftest import Client
from tests.factories import make_person
from tests.media.pictures import draw
from tests.messaging.bodies import NOT_FOUND, READ_ONLY
from tests.refusals import refusal
from tests.users.bodies import NOT_SIGNED_IN, me_body
from users.models import AuthSession, User
from users.services.accounts import deactivate_user

pytestmark = pytest.mark.embedded_only("the paths share their code with those tested on both")

ME = "/api/users/me/"
IMAGE = "/api/users/profile-image/"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def picture(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("me.png", content, "application/octet-stream")


def upload(api: Client, content: bytes, field: str = "image") -> Any:
    return api.post(IMAGE, {field: picture(content)}, format="multipart")


# users/me/
# ------------------------------------------------------------------------------
def test_account_is_wrapped(api: Client, bob: User) -> None:
    response = api.as_user(bob).get(ME)

    assert (response.status_code, response.json()) == (200, {"success": True, "user": me_body(bob)})


def test_account_is_changed_by_json_and_by_a_form(api: Client, bob: User, media: Path) -> None:
    api.as_user(bob)

    by_json = api.patch(ME, {"first_name": "Bobby"})
    body = {"success": True, "user": me_body(bob, first_name="Bobby")}
    by_form = api.patch(
        ME, {"last_name": "Form", "profile_image": picture(draw())}, format="multipart"
    )

    assert (by_json.status_code, by_json.json()) == (200, body)
    changed = me_body(bob, first_name="Bobby", last_name="Form")
    assert (by_form.status_code, by_form.json()) == (200, {"success": True, "user": changed})
    assert changed["profile_image"]


def test_empty_picture_in_a_form_removes_the_picture(api: Client, bob: User) -> None:
    upload(api.as_user(bob), draw())

    response = api.patch(ME, {"profile_image": ""}, format="multipart")

    assert response.json() == {"success": True, "user": me_body(bob, profile_image=None)}


def test_invalid_name_is_refused(api: Client, bob: User) -> None:
    response = api.as_user(bob).patch(ME, {"first_name": 5})

    assert (response.status_code, response.json()) == (400, {"first_name": ["Not a valid string."]})


# users/profile-image/
# ------------------------------------------------------------------------------
def test_picture_is_set_replaced_and_removed(api: Client, bob: User, media: Path) -> None:
    first = upload(api.as_user(bob), draw())
    body = me_body(bob)
    second = upload(api, draw("JPEG"))
    (stored,) = [path for path in media.rglob("*") if path.is_file()]
    gone = api.delete(IMAGE)

    expected = {"success": True, "profile_image": body["profile_image"], "user": body}
    assert (first.status_code, first.json()) == (200, expected)
    assert second.json()["profile_image"] == second.json()["user"]["profile_image"]
    assert stored.name in second.json()["profile_image"]
    removed = {"success": True, "user": me_body(bob, profile_image=None)}
    assert (gone.status_code, gone.json()) == (200, removed)
    assert not stored.exists()
    assert api.delete(IMAGE).json() == removed


@pytest.mark.parametrize(
    ("content", "field", "reason"),
    [
        (b"", "image", "The submitted file is empty."),
        (
            b"x",
            "image",
            "This file is not a JPEG, PNG, WebP, GIF, HEIC or AVIF picture, or it is damaged.",
        ),
        (b"x", "photo", "No file was submitted."),
        (b"x" * (5 * 1024 * 1024 + 1), "image", "A picture may be at most 5 MB."),
    ],
)
def test_other_files_are_refused(
    api: Client, bob: User, content: bytes, field: str, reason: str
) -> None:
    response = upload(api.as_user(bob), content, field)

    assert (response.status_code, response.json()) == (400, {"image": [reason]})


def test_picture_in_json_is_refused(api: Client, bob: User) -> None:
    response = api.as_user(bob).post(IMAGE, {"image": "x"})

    assert response.status_code == 415
    assert response.json() == refusal(
        'Unsupported media type "application/json" in request.', "unsupported_media_type"
    )


def test_stranger_without_a_token_is_refused(api: Client, db: None) -> None:
    answers = [api.get(ME), api.patch(ME, {}), upload(api, draw()), api.delete(IMAGE)]

    assert [(each.status_code, each.json()) for each in answers] == [(401, NOT_SIGNED_IN)] * 4


# admin/impersonate/<id>/
# ------------------------------------------------------------------------------
def test_admin_impersonates_a_trainer(api: Client, alice: User) -> None:
    root = make_person("root", role=User.Role.ADMIN)

    response = api.as_user(root).post(f"/api/admin/impersonate/{alice.pk}/")

    body = response.json()
    assert response.status_code == 200
    assert body == {
        "access": body["access"],
        "refresh": body["refresh"],
        "trainer": {
            "id": alice.pk,
            "email": "alice@example.com",
            "first_name": "Alice",
            "last_name": "Tester",
            "role": "TRAINER",
        },
        "message": "You are viewing the account of Alice Tester.",
    }
    session = AuthSession.objects.get(kind="IMPERSONATION")
    assert (session.user, session.impersonator) == (alice, root)
    write = api.with_token(body["access"]).patch(ME, {"first_name": "Forged"})
    assert (write.status_code, write.json()) == (403, READ_ONLY)
    assert api.post("/api/admin/impersonate/end/").json() == {"sessions_ended": 1}


def test_only_active_trainers_are_impersonated_and_only_by_admins(
    api: Client, alice: User, bob: User, dora: User
) -> None:
    deactivate_user(user=dora)
    root = make_person("root", role=User.Role.ADMIN)

    found = [
        api.as_user(root).post(f"/api/admin/impersonate/{pk}/") for pk in (bob.pk, dora.pk, 2**62)
    ]
    others = [
        api.as_user(each).post(f"/api/admin/impersonate/{alice.pk}/") for each in (alice, bob)
    ]

    assert [(each.status_code, each.json()) for each in found] == [(404, NOT_FOUND)] * 3
    body = refusal("Only an admin can do this.", "permission_denied")
    assert [(each.status_code, each.json()) for each in others] == [(403, body)] * 2
