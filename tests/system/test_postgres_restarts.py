"""PostgreSQL closes all connections of a web process, as a restart would, and no request fails."""

from collections.abc import Iterator
from multiprocessing.pool import ThreadPool

import httpx
import psycopg
import pytest

from tests.backends import Postgres
from tests.media.pictures import draw
from tests.system.conftest import manage
from tests.system.people import Person
from tests.system.server import WebServer
from tests.system.test_make_run import sign_in

pytestmark = pytest.mark.postgres_only("it starts a PostgreSQL of its own")

# PostgreSQL waits up to 5 s for each connection to end.
CUT_ALL = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres(own=True) as postgres:
        yield postgres


@pytest.fixture(scope="module")
def demo_server(
    django_db_setup: None, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WebServer]:
    # Without the reconciler, whose queries would find some of the closed connections first.
    quiet = {"PUSH_IN_WEB": "0", "JOBS_IN_WEB": "0", "SOCKET_REVIEW_SECONDS": "3600"}
    environment = {"DATABASE_URL": postgres.url, "REDIS_URL": "", **quiet}
    environment["MEDIA_ROOT"] = str(tmp_path_factory.mktemp("media"))
    for command in (("migrate", "--verbosity=0"), ("demo",)):
        manage(*command, **environment).check_returncode()
    with WebServer(**environment) as server:
        yield server


@pytest.fixture
def trainer(demo_server: WebServer) -> Person:
    return sign_in(demo_server, "trainer@example.com")


def test_closed_connections_fail_no_request(trainer: Person, postgres: Postgres) -> None:
    def ask(_: int) -> int:
        return trainer.get("messaging/unread-count/").status_code

    with ThreadPool(8) as pool, trainer.inbox():
        before = pool.map(ask, range(40))  # now each thread has a connection, and the pool has some
        with psycopg.connect(postgres.url) as connection:
            connection.execute(CUT_ALL)
        after = [ask(number) for number in range(20)]

    assert before == [200] * 40
    assert after == [200] * 20


def upload_photo(person: Person) -> str:
    """Return the link to a new photo."""
    files = {"file": ("photo", draw("JPEG", (60, 30)))}
    uploaded = person.http.post("messaging/uploads/", files=files)
    link: str = uploaded.json()["urls"]["small"]
    return link


def test_closed_connections_break_no_photo(trainer: Person, postgres: Postgres) -> None:
    link = upload_photo(trainer)
    with ThreadPool(8) as pool:
        before = pool.map(httpx.get, [link] * 16)

    with psycopg.connect(postgres.url) as connection:
        connection.execute(CUT_ALL)
    after = [httpx.get(link).status_code for _ in range(10)]

    assert {each.status_code for each in before} == {200}
    assert after == [200] * 10
