import os
from collections.abc import Callable, Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.factories import access_of
from tests.live.people import Person
from tests.live.server import WebServer
from users.models import User

Join = Callable[[User], Person]


@pytest.fixture(scope="session")
def servers(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[WebServer, WebServer]]:
    """
    Two web processes on PostgreSQL and Redis; on the embedded set-up the one that it can have.

    The same tests run on both: whatever is sent through the first must arrive through the second.
    """
    with django_db_blocker.unblock():
        first = WebServer().start()
        second = WebServer().start() if os.environ.get("REDIS_URL") else first
    yield first, second
    for server in {first, second}:
        server.stop()


@pytest.fixture
def server(servers: tuple[WebServer, WebServer], transactional_db: None) -> WebServer:
    return servers[0]


@pytest.fixture
def here(server: WebServer) -> Join:
    """Sign somebody in at the first process."""
    return lambda user: Person(server, access_of(user))


@pytest.fixture
def there(servers: tuple[WebServer, WebServer], transactional_db: None) -> Join:
    """Sign somebody in at the second process."""
    return lambda user: Person(servers[1], access_of(user))
