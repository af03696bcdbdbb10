"""Errors raised by the framework have the same shape as the product's own errors."""

from django.conf import settings

from messaging.models import Conversation
from tests.conftest import Client
from users.models import User

ME = "/api/auth/users/me/"
SIGN_IN = "/api/auth/jwt/create/"


def test_broken_json_is_a_parse_error(api: Client) -> None:
    refusal = api.post(SIGN_IN, '{"email": ', content_type="application/json")

    assert refusal.status_code == 400
    assert refusal.json() == {
        "detail": "This is not valid JSON: unexpected end of data: line 1 column 11 (char 10).",
        "code": "parse_error",
    }


def test_form_instead_of_json_is_refused(api: Client) -> None:
    form = "application/x-www-form-urlencoded"

    refusal = api.post(SIGN_IN, "email=alice", content_type=form)

    assert refusal.status_code == 415
    assert refusal.json() == {
        "detail": f'Unsupported media type "{form}" in request.',
        "code": "unsupported_media_type",
    }


def test_json_body_past_the_limit_is_refused(api: Client) -> None:
    body = '{"email": "' + "a" * settings.MAX_JSON_BODY_BYTES + '"}'

    refusal = api.post(SIGN_IN, body, content_type="application/json")

    assert refusal.status_code == 413
    assert refusal.json() == {"detail": "The request is too large.", "code": "request_too_large"}


def test_unknown_method_is_refused(api: Client, alice: User) -> None:
    refusal = api.as_user(alice).delete(ME)

    assert refusal.status_code == 405
    assert refusal.json() == {
        "detail": 'Method "DELETE" not allowed.',
        "code": "method_not_allowed",
    }


def test_request_for_another_response_format_is_refused(api: Client, alice: User) -> None:
    refusal = api.as_user(alice).get(ME, headers={"Accept": "text/html"})

    assert refusal.status_code == 406
    assert refusal.json() == {
        "detail": "Could not satisfy the request Accept header.",
        "code": "not_acceptable",
    }


def test_unknown_host_is_refused(api: Client) -> None:
    refusal = api.get(ME, headers={"Host": "evil.example"})

    assert refusal.status_code == 400
    assert refusal.json() == {
        "detail": "The request is malformed.",
        "code": "bad_request",
    }


def test_stranger_cannot_tell_whether_a_conversation_exists(
    api: Client, charlie: User, conversation: Conversation
) -> None:
    api.as_user(charlie)

    theirs = api.get(f"/api/messaging/conversations/{conversation.pk}/messages/")
    nobodys = api.get("/api/messaging/conversations/999999/messages/")

    assert (theirs.status_code, theirs.json()) == (nobodys.status_code, nobodys.json())
    assert theirs.json() == {"detail": "Not found.", "code": "not_found"}
