"""Errors raised by the framework have the same shape as the product's own errors."""

import pytest
from django.conf import settings

from messaging.models import Conversation
from tests.conftest import Client
from tests.refusals import refusal, without_error
from users.models import User

ME = "/api/auth/users/me/"
SIGN_IN = "/api/auth/jwt/create/"


def test_broken_json_is_a_parse_error(api: Client) -> None:
    response = api.post(SIGN_IN, '{"email": ', content_type="application/json")

    assert response.status_code == 400
    assert response.json() == {
        "detail": "This is not valid JSON: unexpected end of data: line 1 column 11 (char 10).",
        "code": "parse_error",
    }


def test_form_instead_of_json_is_refused(api: Client) -> None:
    form = "application/x-www-form-urlencoded"

    response = api.post(SIGN_IN, "email=alice", content_type=form)

    assert response.status_code == 415
    assert response.json() == without_error(
        refusal(f'Unsupported media type "{form}" in request.', "unsupported_media_type")
    )


def test_json_body_past_the_limit_is_refused(api: Client) -> None:
    body = '{"email": "' + "a" * settings.MAX_JSON_BODY_BYTES + '"}'

    response = api.post(SIGN_IN, body, content_type="application/json")

    assert response.status_code == 413
    assert response.json() == {"detail": "The request is too large.", "code": "request_too_large"}


def test_unknown_method_is_refused(api: Client, alice: User) -> None:
    response = api.as_user(alice).delete(ME)

    assert response.status_code == 405
    assert response.json() == refusal('Method "DELETE" not allowed.', "method_not_allowed")


def test_request_for_another_response_format_is_refused(api: Client, alice: User) -> None:
    response = api.as_user(alice).get(ME, headers={"Accept": "text/html"})

    assert response.status_code == 406
    assert response.json() == refusal(
        "Could not satisfy the request Accept header.", "not_acceptable"
    )


def test_unknown_host_is_refused(api: Client) -> None:
    response = api.get(ME, headers={"Host": "evil.example"})

    assert response.status_code == 400
    assert response.json() == refusal("The request is malformed.", "bad_request")


def test_stranger_cannot_tell_whether_a_conversation_exists(
    api: Client, charlie: User, conversation: Conversation
) -> None:
    api.as_user(charlie)

    theirs = api.get(f"/api/messaging/conversations/{conversation.pk}/messages/")
    nobodys = api.get("/api/messaging/conversations/999999/messages/")

    assert (theirs.status_code, theirs.json()) == (nobodys.status_code, nobodys.json())
    assert theirs.json() == refusal("Not found.", "not_found")


@pytest.mark.parametrize("path", ["create", "refresh", "verify", "blacklist", "unknown"])
def test_errors_of_the_token_endpoints_have_no_error_field(api: Client, path: str) -> None:
    answers = [
        api.post(f"/api/auth/jwt/{path}/", "{", content_type="application/json"),
        api.put(f"/api/auth/jwt/{path}/"),
    ]

    assert [set(each.json()) for each in answers] == [{"detail", "code"}] * 2


def test_field_errors_have_no_error_field(api: Client, alice: User) -> None:
    response = api.as_user(alice).patch(ME, {"first_name": 5})

    assert response.json() == {"first_name": ["Not a valid string."]}
