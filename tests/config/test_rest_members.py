"""
The response of each endpoint to Alice and Bob themselves, to an admin who impersonates Alice, and to staff.

`test_rest_row_level_security.py` has the table of outsiders. A new endpoint needs a row in both.
"""

from dataclasses import replace

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction

from api.throttling import counter
from tests.admin.pages import snapshot
from tests.config.conftest import Requests
from tests.config.endpoints import list_other_routes
from tests.config.test_rest_row_level_security import TABLE as OUTSIDERS
from tests.factories import access_of, impersonate, make_person
from users.models import User

pytestmark = [
    pytest.mark.unmeasured,
    pytest.mark.embedded_only("the services that check this are tested on both set-ups"),
]

PEOPLE = ("alice", "bob", "viewer")
# Alice is Bob's trainer. `viewer` is an admin with a token that impersonates Alice.
MESSAGE = "messaging/conversations/<conversation_id>/messages/<message_id>/"
TABLE = {
    "DELETE trainer/invitations/<invitation_id>/": (204, 403, 403),
    "DELETE users/device-token/": (204, 204, 403),
    "DELETE users/profiles/delete-account/": (200, 200, 403),
    "GET auth/users/me/": (200, 200, 200),
    "GET messaging/conversations/": (200, 200, 200),
    "GET messaging/conversations/<conversation_id>/": (200, 200, 200),
    "GET messaging/conversations/<conversation_id>/messages/": (200, 200, 200),
    f"PATCH {MESSAGE}": (200, 403, 403),
    f"DELETE {MESSAGE}": (204, 403, 403),
    f"PUT {MESSAGE}reactions/<emoji>/": (
        200,
        200,
        403,
    ),
    f"DELETE {MESSAGE}reactions/<emoji>/": (
        200,
        200,
        403,
    ),
    "GET messaging/search/": (400, 400, 400),
    "GET messaging/unread-count/": (200, 200, 200),
    "GET trainer/dashboard/": (200, 403, 200),
    "GET trainer/dashboard/stats/": (200, 403, 200),
    "GET trainer/invitations/": (200, 403, 200),
    "GET trainer/invitations/<invitation_id>/link/": (200, 403, 403),
    "GET trainer/trainees/": (200, 403, 200),
    "GET trainer/trainees/<trainee_id>/": (200, 403, 200),
    "GET users/notification-preferences/": (200, 200, 200),
    "PATCH users/notification-preferences/": (200, 200, 403),
    "GET users/email-preferences/": (200, 200, 200),
    "PATCH users/email-preferences/": (200, 200, 403),
    "POST users/device-token/forget/": (204, 204, 403),
    "GET users/data-exports/": (200, 200, 403),
    "GET users/push-key/": (200, 200, 200),
    "PATCH auth/users/me/": (200, 200, 403),
    "POST admin/impersonate/<trainer_id>/start/": (403, 403, 403),
    "POST admin/impersonate/end/": (200, 400, 200),
    "GET users/me/": (200, 200, 200),
    "PATCH users/me/": (200, 200, 403),
    "POST admin/impersonate/<trainer_id>/": (403, 403, 403),
    "POST users/profile-image/": (415, 415, 403),
    "DELETE users/profile-image/": (200, 200, 403),
    "POST auth/users/set_password/": (204, 204, 403),
    "POST messaging/conversations/<conversation_id>/read/": (200, 200, 403),
    "POST messaging/conversations/<conversation_id>/send/": (201, 201, 403),
    "POST messaging/conversations/start/": (201, 403, 403),
    "POST messaging/uploads/": (415, 415, 403),
    "POST trainer/impersonate/<trainee_id>/start/": (200, 403, 403),
    "POST trainer/impersonate/end/": (200, 400, 200),
    "POST trainer/invitations/": (201, 403, 403),
    "POST trainer/invitations/<invitation_id>/resend/": (200, 403, 403),
    "POST trainer/trainees/<trainee_id>/remove/": (200, 403, 403),
    "POST users/device-token/": (201, 201, 403),
    "POST users/data-exports/": (202, 202, 403),
    "POST users/profiles/delete-account/": (200, 200, 403),
}
# Routes that are no endpoints, for everybody. A signature or an unguessable name protects what is private.
OTHER_ROUTES = {
    "",  # an unknown path
    "^api/",  # an unknown path below /api/
    "^media/(?P<name>.*)$",
    "exports/<str:signed>/",
    "favicon.ico",
    "healthz",
    "manifest.webmanifest",
    "readyz",
    "sw.js",
    "unsubscribe/",
}


@pytest.fixture
def members(requests: Requests, alice: User, bob: User) -> Requests:
    rights = {"is_staff": True, "is_superuser": True}
    looking = make_person("looking", role=User.Role.ADMIN)
    superuser = make_person("superuser", role=User.Role.TRAINEE, **rights)
    support = make_person("support", role=User.Role.ADMIN, is_staff=True)
    support.user_permissions.set(Permission.objects.all())
    tokens = {
        "alice": access_of(alice),
        "bob": access_of(bob),
        "viewer": impersonate(alice, by=looking)[1].access,
        "superuser": access_of(superuser),
        "support": access_of(support),
    }
    return replace(requests, tokens={**requests.tokens, **tokens})


def statuses_of(members: Requests, endpoint: str, *people: str) -> tuple[int, ...]:
    """Return the status for each person, as if nobody else had sent the request."""
    statuses = []
    for person in people:
        counter().reset()
        with transaction.atomic():
            statuses.append(members.ask(person, endpoint).status_code)
            transaction.set_rollback(True)
    return tuple(statuses)


def test_every_endpoint_is_in_both_tables() -> None:
    assert set(TABLE) == set(OUTSIDERS)


def test_statuses_are_those_of_the_table(members: Requests) -> None:
    found = {each: statuses_of(members, each, *PEOPLE) for each in TABLE}

    assert found == TABLE


def test_rights_in_the_admin_give_none_in_the_api(members: Requests) -> None:
    """A superuser may do what others with their role may do, and so may staff with every permission."""
    staff = {each: statuses_of(members, each, "superuser", "support") for each in TABLE}

    assert staff == {each: statuses_of(members, each, "charlie", "admin") for each in TABLE}


def test_impersonating_admin_changes_nothing(members: Requests) -> None:
    writes = [each for each in TABLE if not each.startswith("GET") and "/end/" not in each]
    before = snapshot()

    statuses = {members.ask("viewer", each).status_code for each in writes}

    changed = {label for label, rows in snapshot().items() if rows != before[label]}
    assert (statuses, changed) == ({403}, {"users.ImpersonationView"})


def test_every_route_that_is_no_endpoint_is_known() -> None:
    """A new one, such as a plain view below /api/, would be in no table."""
    assert list_other_routes() == OTHER_ROUTES
