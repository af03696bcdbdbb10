"""An impersonator who tries every write."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from api.exceptions import ServiceError
from messaging.services.deleting import delete_message
from messaging.services.editing import edit_message
from messaging.services.reacting import add_reaction, remove_reaction
from messaging.services.reading import mark_read
from messaging.services.sending import send_message, start_conversation
from messaging.services.typing import show_typing
from notifications.services.devices import forget_device, register_device
from notifications.services.preferences import change_preferences
from tests.factories import claims_of, impersonate
from tests.messaging.model import Refusal, Thread
from trainer.services.invitations import (
    invite_trainee,
    resend_invitation,
    withdraw_invitation,
)
from trainer.services.trainees import impersonate_trainee, remove_trainee
from users.exceptions import InvalidToken
from users.models import User
from users.selectors import get_user_by_claims
from users.services.accounts import ProfileChange, set_password, update_profile
from users.services.sessions import end_impersonation


def list_writes(person: User, pk: int, trainee_id: int) -> list[Callable[[], Any]]:
    """Return every write that a user can attempt; some of them change this conversation or trainee."""
    return [
        lambda: send_message(sender=person, conversation_id=pk, content="Not me"),
        lambda: start_conversation(trainer=person, trainee_id=trainee_id, content="Not me"),
        lambda: edit_message(editor=person, conversation_id=pk, message_id=1, content="Not me"),
        lambda: delete_message(by=person, conversation_id=pk, message_id=1),
        lambda: add_reaction(by=person, conversation_id=pk, message_id=1, emoji="👍"),
        lambda: remove_reaction(by=person, conversation_id=pk, message_id=1, emoji="👍"),
        lambda: mark_read(reader=person, conversation_id=pk),
        lambda: show_typing(by=person, conversation_id=pk, to_id=trainee_id, is_typing=True),
        lambda: remove_trainee(trainer=person, trainee_id=trainee_id),
        lambda: impersonate_trainee(trainer=person, trainee_id=trainee_id),
        lambda: invite_trainee(trainer=person, email="new@example.com"),
        lambda: resend_invitation(trainer=person, invitation_id=1),
        lambda: withdraw_invitation(trainer=person, invitation_id=1),
        lambda: update_profile(user=person, change=ProfileChange(first_name="Not me")),
        lambda: set_password(user=person, current_password="x", new_password="y"),
        lambda: register_device(user=person, token="x", platform="ios"),
        lambda: forget_device(user=person, token="x"),
        lambda: change_preferences(user=person, changes={"new_message": False}),
    ]


@contextmanager
def try_every_write(
    impersonator: User, seen: User, thread: Thread | None
) -> Iterator[tuple[User, list[Refusal | None]]]:
    """Impersonate a user, yield the error that refuses each write, and end the impersonation."""
    _, tokens = impersonate(seen, by=impersonator)
    claims = claims_of(tokens.access)
    person = get_user_by_claims(claims)
    writes = list_writes(person, thread.pk if thread else 0, seen.pk)
    yield person, [_refusal_of(write) for write in writes]
    assert end_impersonation(by=person) == 1
    with pytest.raises(InvalidToken):
        get_user_by_claims(claims)


def _refusal_of(write: Callable[[], Any]) -> Refusal | None:
    try:
        write()
    except ServiceError as refusal:
        return type(refusal)
    return None
