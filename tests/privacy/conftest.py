import pytest

from messaging.models import Conversation
from tests.admin.conftest import everything  # noqa: F401 - a fixture
from tests.factories import make_person, write
from users.models import User


@pytest.fixture
def talk(bob: User, conversation: Conversation) -> Conversation:
    """The conversation of Alice and Bob, with one unread message of each."""
    write(bob, conversation, "Mine")
    return conversation


@pytest.fixture
def root(db: None) -> User:
    return make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True)
