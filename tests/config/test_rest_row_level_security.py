"""
The response of each endpoint to each outsider who asks for Alice's and Bob's data.

For a new endpoint, `test_every_endpoint_is_in_the_table` fails until `TABLE` has a row.
"""

from typing import Any

import pytest

from messaging.models import Message
from tests.config.conftest import Requests
from tests.config.endpoints import list_endpoints, url_of
from tests.conftest import Client
from tests.factories import (
    PASSWORD,
)
from tests.messaging.bodies import READ_ONLY
from trainer.models import Invitation
from users.models import User

pytestmark = pytest.mark.unmeasured

# Charlie is a trainee of another trainer, Dora. `impersonator` is Alice with a token that impersonates
# Bob. `removed` was Alice's trainee, and asks for their own old conversation. `deactivated` has the
# same trainer as Bob, and a token from before the deactivation.
PEOPLE = ("nobody", "charlie", "dora", "admin", "impersonator", "removed", "deactivated")
MESSAGE = "messaging/conversations/<conversation_id>/messages/<message_id>/"
TABLE = {
    "DELETE trainer/invitations/<invitation_id>/": (401, 403, 404, 403, 403, 403, 401),
    "DELETE users/device-token/": (401, 204, 204, 204, 403, 204, 401),
    "DELETE users/profiles/delete-account/": (401, 200, 200, 200, 403, 200, 401),
    "GET auth/users/me/": (401, 200, 200, 200, 200, 200, 401),
    "GET messaging/conversations/": (401, 200, 200, 200, 200, 200, 401),
    "GET messaging/conversations/<conversation_id>/": (401, 404, 404, 404, 200, 404, 401),
    "GET messaging/conversations/<conversation_id>/messages/": (401, 404, 404, 404, 200, 404, 401),
    f"PATCH {MESSAGE}": (
        401,
        404,
        404,
        404,
        403,
        404,
        401,
    ),
    f"DELETE {MESSAGE}": (
        401,
        404,
        404,
        404,
        403,
        404,
        401,
    ),
    f"PUT {MESSAGE}reactions/<emoji>/": (
        401,
        404,
        404,
        404,
        403,
        404,
        401,
    ),
    f"DELETE {MESSAGE}reactions/<emoji>/": (
        401,
        404,
        404,
        404,
        403,
        404,
        401,
    ),
    "GET messaging/search/": (401, 400, 400, 400, 400, 400, 401),
    "GET messaging/unread-count/": (401, 200, 200, 200, 200, 200, 401),
    "GET trainer/dashboard/": (401, 403, 200, 403, 403, 403, 401),
    "GET trainer/dashboard/stats/": (401, 403, 200, 403, 403, 403, 401),
    "GET trainer/invitations/": (401, 403, 200, 403, 403, 403, 401),
    "GET trainer/invitations/<invitation_id>/link/": (401, 403, 404, 403, 403, 403, 401),
    "GET trainer/trainees/": (401, 403, 200, 403, 403, 403, 401),
    "GET trainer/trainees/<trainee_id>/": (401, 403, 404, 403, 403, 403, 401),
    "GET users/notification-preferences/": (401, 200, 200, 200, 200, 200, 401),
    "PATCH users/notification-preferences/": (401, 200, 200, 200, 403, 200, 401),
    "GET users/email-preferences/": (401, 200, 200, 200, 200, 200, 401),
    "PATCH users/email-preferences/": (401, 200, 200, 200, 403, 200, 401),
    "POST users/device-token/forget/": (401, 204, 204, 204, 403, 204, 401),
    "GET users/data-exports/": (401, 200, 200, 200, 403, 200, 401),
    "GET users/push-key/": (401, 200, 200, 200, 200, 200, 401),
    "PATCH auth/users/me/": (401, 200, 200, 200, 403, 200, 401),
    "POST admin/impersonate/<trainer_id>/start/": (401, 403, 403, 200, 403, 403, 401),
    "POST admin/impersonate/end/": (401, 400, 400, 400, 200, 400, 401),
    "GET users/me/": (401, 200, 200, 200, 200, 200, 401),
    "PATCH users/me/": (401, 200, 200, 200, 403, 200, 401),
    "POST admin/impersonate/<trainer_id>/": (401, 403, 403, 200, 403, 403, 401),
    # The picture must be a form, and the body is JSON.
    "POST users/profile-image/": (401, 415, 415, 415, 403, 415, 401),
    "DELETE users/profile-image/": (401, 200, 200, 200, 403, 200, 401),
    "POST auth/users/set_password/": (401, 204, 204, 204, 403, 204, 401),
    "POST messaging/conversations/<conversation_id>/read/": (401, 404, 404, 404, 403, 404, 401),
    "POST messaging/conversations/<conversation_id>/send/": (401, 404, 404, 404, 403, 404, 401),
    "POST messaging/conversations/start/": (401, 403, 404, 403, 403, 403, 401),
    "POST messaging/uploads/": (401, 415, 415, 415, 403, 415, 401),
    "POST trainer/impersonate/<trainee_id>/start/": (401, 403, 404, 403, 403, 403, 401),
    "POST trainer/impersonate/end/": (401, 400, 400, 400, 200, 400, 401),
    "POST trainer/invitations/": (401, 403, 201, 403, 403, 403, 401),
    "POST trainer/invitations/<invitation_id>/resend/": (401, 403, 404, 403, 403, 403, 401),
    "POST trainer/trainees/<trainee_id>/remove/": (401, 403, 404, 403, 403, 403, 401),
    "POST users/device-token/": (401, 201, 200, 200, 403, 200, 401),
    "POST users/data-exports/": (401, 202, 202, 202, 403, 202, 401),
    "POST users/profiles/delete-account/": (401, 200, 200, 200, 403, 200, 401),
}
# Endpoints for people without a token. An empty body is refused, whoever sends it.
PUBLIC = {
    "POST auth/invitations/accept/",
    "POST auth/invitations/preview/",
    "POST auth/jwt/blacklist/",
    "POST auth/jwt/create/",
    "POST auth/jwt/refresh/",
    "POST auth/jwt/verify/",
    "POST auth/users/reset_password/",
    "POST auth/users/reset_password_confirm/",
}
# Ending the impersonation is the only write that an impersonator may make.
WRITES = sorted(each for each in TABLE if not each.startswith("GET") and "/end/" not in each)
WITH_IDS = sorted(endpoint for endpoint in TABLE if "<" in endpoint)


def test_every_endpoint_is_in_the_table() -> None:
    assert list_endpoints() == sorted({*TABLE, *PUBLIC})


@pytest.mark.parametrize("endpoint", TABLE)
def test_statuses_are_those_of_the_table(requests: Requests, endpoint: str) -> None:
    statuses = tuple(requests.ask(person, endpoint).status_code for person in PEOPLE)

    assert statuses == TABLE[endpoint]


def test_valid_token_is_never_answered_with_401() -> None:
    """An existing client signs its user out on any 401."""
    first, end = PEOPLE.index("charlie"), PEOPLE.index("deactivated")

    assert [each for each, statuses in TABLE.items() if 401 in statuses[first:end]] == []


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["unknown/", "users/unknown/", "trainer/dashboard", "users/me/"])
def test_unknown_path_or_method_is_not_answered_with_401(
    api: Client, bob: User, path: str, method: str
) -> None:
    answer: Any = api.as_user(bob).generic(method, f"/api/{path}", "{}", "application/json")

    assert answer.status_code in (200, 404, 405)


@pytest.mark.parametrize("endpoint", TABLE)
def test_data_of_alice_and_bob_is_neither_changed_nor_shown(
    requests: Requests, alice: User, bob: User, endpoint: str
) -> None:
    for person in ("nobody", "charlie", "dora", "removed", "deactivated"):
        answer = requests.ask(person, endpoint).content.decode()
        assert "Hello" not in answer
        assert "bob@example.com" not in answer

    bob.refresh_from_db()
    bobs = Message.objects.filter(conversation__trainee=bob)
    assert bobs.get().read_at is None
    assert (bob.parent_trainer, bob.check_password(PASSWORD)) == (alice, True)
    assert Invitation.objects.filter(trainer=alice).count() == 1


@pytest.mark.parametrize("endpoint", WITH_IDS)
def test_foreign_and_nonexistent_ids_get_identical_responses(
    requests: Requests, endpoint: str
) -> None:
    nothing = dict.fromkeys(requests.ids, 2**62)

    for person in ("nobody", "charlie", "dora", "removed", "deactivated"):
        foreign, unknown = requests.ask(person, endpoint), requests.ask(person, endpoint, nothing)
        assert foreign.content == unknown.content
        assert foreign.status_code == unknown.status_code
        assert dict(foreign.headers) == dict(unknown.headers)


@pytest.mark.parametrize("endpoint", WRITES)
def test_impersonator_is_refused_before_the_body_is_read(requests: Requests, endpoint: str) -> None:
    method, url = url_of(endpoint, requests.ids)
    client = Client().with_token(str(requests.tokens["impersonator"]))

    answer: Any = client.generic(method, url, "{broken", "application/json")

    assert (answer.status_code, answer.json()) == (403, READ_ONLY)


@pytest.mark.parametrize("endpoint", sorted(PUBLIC))
def test_public_endpoints_ignore_tokens(requests: Requests, endpoint: str) -> None:
    method, url = url_of(endpoint, {})

    answers = [
        client.generic(method, url, "{}", "application/json")
        for client in (Client(), Client().with_token("x"))
    ]

    assert [each.status_code for each in answers] == [400, 400]
