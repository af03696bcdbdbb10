"""Requests about Alice and Bob, for the tables of who may use which endpoint."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from messaging.models import Conversation
from tests.config.endpoints import url_of
from tests.conftest import Client
from tests.factories import (
    PASSWORD,
    access_of,
    impersonate,
    make_person,
    make_trainee,
    open_conversation,
)
from trainer.services.invitations import invite_trainee
from trainer.services.trainees import remove_trainee
from users.models import User
from users.services.accounts import deactivate_user


@dataclass(frozen=True)
class Requests:
    """Sends requests that contain a person's token, these ids and this body."""

    tokens: dict[str, str | None]
    ids: dict[str, int]
    ids_of_removed: dict[str, int]
    body: dict[str, Any]

    def ask(self, person: str, endpoint: str, ids: dict[str, int] | None = None) -> Any:
        own = self.ids_of_removed if person == "removed" else self.ids
        method, url = url_of(endpoint, ids or own)
        client = Client()
        if token := self.tokens[person]:
            client.with_token(token)
        return client.generic(method, url, json.dumps(self.body), "application/json")


@pytest.fixture
def requests(
    alice: User, bob: User, charlie: User, dora: User, conversation: Conversation
) -> Requests:
    removed, twin = make_trainee("removed", alice), make_trainee("twin", alice)
    old = open_conversation(alice, removed)
    remove_trainee(trainer=alice, trainee_id=removed.pk)
    removed.refresh_from_db()
    admin = make_person("root", role=User.Role.ADMIN)
    invitation, _ = invite_trainee(trainer=alice, email="eve@example.com")
    tokens: dict[str, str | None] = {
        "nobody": None,
        "charlie": access_of(charlie),
        "dora": access_of(dora),
        "admin": access_of(admin),
        "impersonator": impersonate(bob, by=alice)[1].access,
        "removed": access_of(removed),
        "deactivated": access_of(twin),
    }
    deactivate_user(user=twin)
    ids = {
        "conversation_id": conversation.pk,
        "message_id": conversation.messages.get().pk,
        "trainee_id": bob.pk,
        "trainer_id": alice.pk,
        "invitation_id": invitation.pk,
    }
    body = {
        "trainee_id": bob.pk,
        "content": "Forged",
        "email": "fred@example.com",
        "token": "phone-1",
        "platform": "ios",
        "password": PASSWORD,
        "current_password": PASSWORD,
        "new_password": "another-long-secret-2",
    }
    of_removed = ids | {
        "conversation_id": old.pk,
        "message_id": old.messages.get().pk,
        "trainee_id": removed.pk,
    }
    return Requests(tokens, ids, of_removed, body)
