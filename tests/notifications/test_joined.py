"""Notifications of messages without a text: of who has joined, like of a message, and of photos."""

import pytest

from messaging.models import Conversation, Extra, Message
from notifications.contents import get_notification
from notifications.selectors import Delivery
from tests.factories import PASSWORD, write
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


def test_sentences_in_place_of_texts_are_in_the_recipients_language(
    alice: User, bob: User, conversation: Conversation, make_browser: MakeBrowser
) -> None:
    device = make_browser("alice").belongs_to(alice)
    User.objects.filter(pk=alice.pk).update(language="de")
    message = write(bob, conversation, "Hi")[0]
    delivery = Delivery(conversation.pk, alice.pk, device.pk, up_to=message.version)
    bodies = []

    for extras, content in ((Extra.ATTACHMENTS, ""), (Extra.JOINED, "Bob has joined.")):
        Message.objects.filter(pk=message.pk).update(content=content, extras=extras)
        notification = get_notification(delivery)
        bodies.append(notification and notification.body)

    assert bodies == ["Hat ein Foto gesendet", "Bob ist jetzt dabei."]
