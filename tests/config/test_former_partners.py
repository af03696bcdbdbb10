"""No read of the API tells former partners of each other's new names, addresses and pictures."""

from typing import Any

import pytest

from messaging.models import Conversation
from tests.config.endpoints import list_endpoints, url_of
from tests.conftest import Client
from tests.factories import write
from trainer.models import Invitation
from trainer.services.trainees import remove_trainee
from users.models import User

READS = sorted(each for each in list_endpoints() if each.startswith("GET "))
QUERIES: tuple[dict[str, Any], ...] = (
    {},
    {"archived": "true"},
    {"search": "marker"},
    {"since": 0},
    {"before": 10**6},
    {"after": 0},
    {"page": 1},
)
NEW = {
    "first_name": "Marker",
    "last_name": "Marker",
    "business_name": "Marker",
    "phone_number": "marker",
    "email": "marker@example.com",
    "profile_image": "profiles/marker.jpg",
    "language": "marker",
    "device_language": "marker",
}


@pytest.fixture
def parted(alice: User, bob: User, conversation: Conversation) -> Conversation:
    """Alice's and Bob's old conversation; Bob had accepted an invitation, and was removed."""
    write(bob, conversation, "Mine")
    Invitation.objects.create(
        trainer=alice,
        email=bob.email,
        code_hash="x",
        expires_at=conversation.created_at,
        accepted_at=conversation.created_at,
    )
    remove_trainee(trainer=alice, trainee_id=bob.pk)
    return conversation


@pytest.mark.parametrize(("changing", "reading"), [("bob", "alice"), ("alice", "bob")])
def test_no_read_shows_what_a_former_partner_has_changed(
    request: pytest.FixtureRequest,
    api: Client,
    parted: Conversation,
    changing: str,
    reading: str,
) -> None:
    other, reader = request.getfixturevalue(changing), request.getfixturevalue(reading)
    User.objects.filter(pk=other.pk).update(**NEW)
    ids = {
        "conversation_id": parted.pk,
        "trainee_id": other.pk,
        "trainer_id": other.pk,
        "invitation_id": Invitation.objects.get().pk,
    }
    api.as_user(reader)

    bodies = [
        api.get(url_of(each, ids)[1], query).content.decode() for each in READS for query in QUERIES
    ]

    assert sum(len(each) for each in bodies) > 1000
    assert [each for each in bodies if "marker" in each.lower()] == []
