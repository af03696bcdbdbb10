"""Every service with which users change their own data refuses an impersonator."""

from collections.abc import Callable

import pytest

from messaging.services.reading import mark_read
from messaging.services.sending import send_message, start_conversation
from messaging.services.typing import show_typing
from notifications.services.devices import forget_device, register_device
from notifications.services.preferences import change_preferences
from tests.factories import PASSWORD, claims_of, impersonate, make_person
from trainer.services.invitations import invite_trainee, resend_invitation, withdraw_invitation
from trainer.services.trainees import impersonate_trainee, remove_trainee
from users.exceptions import ImpersonationReadOnly
from users.models import User
from users.selectors import get_user_by_claims
from users.services.accounts import ProfileChange, set_password, update_profile

SERVICES: dict[str, Callable[[User], object]] = {
    "send": lambda user: send_message(sender=user, conversation_id=1, content="Hi"),
    "start": lambda user: start_conversation(trainer=user, trainee_id=1, content="Hi"),
    "read": lambda user: mark_read(reader=user, conversation_id=1),
    "typing": lambda user: show_typing(by=user, conversation_id=1, to_id=1, is_typing=True),
    "register": lambda user: register_device(user=user, token="t", platform="ios"),
    "forget": lambda user: forget_device(user=user, token="t"),
    "preferences": lambda user: change_preferences(user=user, changes={"new_message": False}),
    "invite": lambda user: invite_trainee(trainer=user, email="eve@example.com"),
    "resend": lambda user: resend_invitation(trainer=user, invitation_id=1),
    "withdraw": lambda user: withdraw_invitation(trainer=user, invitation_id=1),
    "remove": lambda user: remove_trainee(trainer=user, trainee_id=1),
    "impersonate": lambda user: impersonate_trainee(trainer=user, trainee_id=1),
    "profile": lambda user: update_profile(user=user, change=ProfileChange(first_name="Eve")),
    "password": lambda user: set_password(
        user=user, current_password=PASSWORD, new_password="correct-horse-battery-2"
    ),
}


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_impersonator_changes_nothing(service: Callable[[User], object], alice: User) -> None:
    root = make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True)
    claims = claims_of(impersonate(alice, by=root)[1].access)

    with pytest.raises(ImpersonationReadOnly):
        service(get_user_by_claims(claims))
