import os
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from django.conf import global_settings
from pytest_django.plugin import DjangoDbBlocker

from jobs.models import Job
from tests.factories import tokens_of
from tests.system.people import Person
from tests.system.python_process import run_python
from tests.system.server import WebServer, test_environment
from users.models import User

Join = Callable[[User], Person]

# The tests in test_database_url.py need a database server, which the embedded set-up does not have.
collect_ignore = [] if os.environ.get("DATABASE_URL") else ["test_database_url.py"]

ALLOWED_ORIGIN = "https://app.example.com"
# These servers run until the last test here. With PUSH_IN_WEB=1 they would claim the notifications of
# the tests in tests/notifications, whose push services have private addresses. The servers refuse
# private addresses, so they would delete the devices.
NO_PUSH = {"PUSH_IN_WEB": "0"}
# The reconciler is off, so everything that arrives was sent as an event.
# On a machine whose cores are all busy, Redis may take seconds to answer.
EVENTS_ONLY = {
    "SOCKET_REVIEW_SECONDS": "3600",
    "EVENT_TIMEOUT_SECONDS": "15",
    "SOCKET_ALLOWED_ORIGINS": ALLOWED_ORIGIN,
}
# No event arrives from another process, so the reconciler has found everything in the database.
RECONCILER_ONLY = {"REDIS_URL": "", "SOCKET_REVIEW_SECONDS": "0.2"}
# Only the servers of `servers` run jobs: others would send their e-mails elsewhere.
NO_JOBS = {"JOBS_IN_WEB": "0"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the idle-socket test's first half before all tests, and its second half after them."""
    order = {"test_idle_socket_opens": -1, "test_idle_socket_works_after_a_minute": 1}
    items.sort(key=lambda item: order.get(item.name, 0))


@pytest.fixture(scope="package")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder to which the servers write their e-mails."""
    return tmp_path_factory.mktemp("mail")


@pytest.fixture(scope="package")
def servers(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, mailbox: Path
) -> Iterator[tuple[WebServer, WebServer]]:
    """
    The two web processes that tests use: the second must deliver what is sent through the first.

    The embedded set-up allows only one process, so there the same process is returned twice.
    """
    environment = {**EVENTS_ONLY, **NO_PUSH, "EMAIL_URL": f"filemail:///{mailbox}"}
    with django_db_blocker.unblock():
        first = WebServer(**environment).start()
        second = WebServer(**environment).start() if os.environ.get("REDIS_URL") else first
    yield first, second
    for server in {first, second}:
        server.stop()
    _delete_recurring_jobs(django_db_blocker)


@pytest.fixture(scope="package")
def deaf_server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[WebServer]:
    """A web process on the same database that exchanges no events with other processes."""
    with django_db_blocker.unblock():
        server = WebServer(**RECONCILER_ONLY, **NO_JOBS).start()
    yield server
    server.stop()
    _delete_recurring_jobs(django_db_blocker)


def _delete_recurring_jobs(blocker: DjangoDbBlocker) -> None:
    """Delete all jobs: the servers' workers schedule recurring ones again after each test's flush."""
    with blocker.unblock():
        Job.objects.all().delete()


@pytest.fixture(scope="module")
def host(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[WebServer]:
    """A web process with a folder of its own for photos, and without limits of messages and searches."""
    limits = ("THROTTLE_MESSAGING", "THROTTLE_SEARCH")
    environment = {"MEDIA_ROOT": str(tmp_path_factory.mktemp("media")), **NO_PUSH}
    with django_db_blocker.unblock():
        server = WebServer(**environment, **dict.fromkeys(limits, "off")).start()
    yield server
    server.stop()
    _delete_recurring_jobs(django_db_blocker)


@pytest.fixture(scope="session")
def demo_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment variables for a database in the state in which `make run` first leaves it."""
    database = tmp_path_factory.mktemp("demo") / "db.sqlite3"
    environment = {"DATABASE_URL": f"sqlite:///{database}", "REDIS_URL": "", "SECRET_KEY": ""}
    for command in (("migrate", "--verbosity=0"), ("demo",)):
        manage(*command, **environment).check_returncode()
    return environment


def manage(*command: str, **environment: str) -> CompletedProcess[str]:
    """Run a management command in a separate process."""
    return run_python("manage", *command, environment=test_environment(**environment))


@pytest.fixture
def server(servers: tuple[WebServer, WebServer], transactional_db: None) -> WebServer:
    return servers[0]


@pytest.fixture
def here(server: WebServer) -> Join:
    """Return a function that signs users in at the first process."""
    return lambda user: Person(server, tokens_of(user))


@pytest.fixture
def there(servers: tuple[WebServer, WebServer], transactional_db: None) -> Join:
    """Return a function that signs users in at the second process."""
    return lambda user: Person(servers[1], tokens_of(user))


@pytest.fixture
def deaf(deaf_server: WebServer, transactional_db: None) -> Join:
    """Return a function that signs users in at the process that gets no events."""
    return lambda user: Person(deaf_server, tokens_of(user))


@pytest.fixture
def real_passwords(_cheap_passwords: None, settings: Any) -> None:
    """Hash passwords as the server does, so that users can sign in at the server."""
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
