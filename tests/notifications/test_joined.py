"""A trainer is notified of a trainee who has joined, like of a message."""

import pytest

from tests.factories import PASSWORD
from tests.notifications.conftest import Later, MakeBrowser
from tests.notifications.running import notify
from trainer.codes import make_code
from trainer.services.invitations import invite_trainee
from trainer.services.joining import accept_invitation
from users.models import User

pytestmark = pytest.mark.usefixtures("cursor")


def test_trainer_is_notified_with_the_name_of_who_has_joined(
    alice: User, later: Later, make_browser: MakeBrowser
) -> None:
    make_browser("alice").belongs_to(alice)
    invitation, _ = invite_trainee(trainer=alice, email="eve@example.com")
    code = make_code(invitation)
    accept_invitation(code=code, password=PASSWORD, first_name="Eve", last_name="New")
    later(6)

    (told,) = notify()

    assert (told.title, told.body, told.unread_count) == ("Eve New", "Eve has joined.", 1)
