"""
The whole contract, sections 1 to 6, as one story against the running server.

The test uses only HTTP and WebSocket clients. A trainer invites somebody by e-mail, they write to
each other, and the trainer removes the trainee.
"""

from pathlib import Path

import pytest

from tests.factories import make_person, make_trainer
from tests.system.contract import conversation, identity, sockets
from tests.system.contract.story import Story
from tests.system.server import WebServer
from users.models import User


@pytest.mark.django_db(transaction=True)
def test_whole_contract_as_one_story(
    real_passwords: None, servers: tuple[WebServer, WebServer], mailbox: Path
) -> None:
    make_trainer("alice", business_name="Alice Fitness")
    make_trainer("dora")
    make_person("admin", role=User.Role.ADMIN, is_staff=True, is_superuser=True)
    story = Story(*servers, mailbox)

    identity.sign_in(story)
    identity.join(story)
    conversation.start(story)
    sockets.talk_over_sockets(story)
    conversation.page_through(story)
    conversation.be_refused(story)
    identity.impersonate(story)
    identity.register_devices(story)
    conversation.part_and_meet_again(story)
    identity.change_passwords(story)
