from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from rest_framework.test import APIClient

from api.throttling import counter
from messaging.models import Conversation
from tests.factories import access_of, make_trainee, make_trainer, open_conversation
from tests.flush import flush_patiently
from tests.running.collected import pytest_collection_finish  # noqa: F401 - a hook of pytest
from tests.running.measuring import pytest_runtest_protocol  # noqa: F401 - a hook of pytest
from tests.running.selection import (  # noqa: F401 - hooks of pytest
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)
from tests.running.template import use_template
from tests.system.python_process import pytest_unconfigure  # noqa: F401 - a hook of pytest
from tests.system.server import pytest_runtest_makereport  # noqa: F401 - a hook of pytest
from users.models import User


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings_parallel_suffix: None) -> bool:
    """Have Django use the existing database if it is a copy of the template."""
    return use_template(settings.DATABASES["default"])


@pytest.fixture(autouse=True)
def _patient_flushes() -> None:
    """
    Flush patiently after this test.

    The wrapper is added for each test, because Django has another connection while Playwright's event loop
    runs. It is never removed, because the flush comes after the fixtures have ended.
    """
    if flush_patiently not in connection.execute_wrappers:
        connection.execute_wrappers.append(flush_patiently)


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Any) -> None:
    """Hash passwords cheaply: the production hasher takes 0.3 s per user."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _fresh_counts() -> Iterator[None]:
    counter().reset()
    yield
    counter().reset()


@pytest.fixture
def alice(db: None) -> User:
    """A trainer."""
    return make_trainer("alice", business_name="Alice Fitness")


@pytest.fixture
def bob(alice: User) -> User:
    """A trainee of Alice's."""
    return make_trainee("bob", alice)


@pytest.fixture
def dora(db: None) -> User:
    """Another trainer."""
    return make_trainer("dora")


@pytest.fixture
def charlie(dora: User) -> User:
    """A trainee of Dora's, unrelated to Alice and Bob."""
    return make_trainee("charlie", dora)


@pytest.fixture
def conversation(alice: User, bob: User) -> Conversation:
    """The conversation of Alice and Bob, with one unread message from Alice."""
    return open_conversation(alice, bob)


class Client(APIClient):
    """DRF's test client, signed in with real tokens."""

    def as_user(self, user: User) -> "Client":
        return self.with_token(access_of(user))

    def with_token(self, token: str) -> "Client":
        self.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return self


@pytest.fixture
def api() -> Client:
    """A client without a token. It raises the exceptions that the server would answer with 500."""
    return Client()
