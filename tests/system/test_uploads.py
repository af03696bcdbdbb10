"""Incomplete and huge uploads to a running server delay no other request."""

import math
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.factories import PASSWORD, make_person, make_trainee, tokens_of
from tests.media.pictures import draw
from tests.system.conftest import ALLOWED_ORIGIN, NO_PUSH
from tests.system.people import Person
from tests.system.raw import RawClient
from tests.system.server import WebServer
from users.models import User

pytestmark = pytest.mark.unmeasured

needs_no_database = pytest.mark.embedded_only(
    "pictures, passwords and the API description take their time outside the database"
)

ME = "auth/users/me/"
HALF = (
    b"PATCH /api/auth/users/me/ HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: " + ALLOWED_ORIGIN.encode()
) + b"\r\nContent-Type: multipart/form-data; boundary=x\r\n"
BODIES = [
    b"Content-Length: 5000000\r\n\r\n--x\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n5\r\n--x\r\n\r\n",
]


@pytest.fixture(scope="module")
def host(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[WebServer]:
    """A web process with its own folder for pictures, and long timeouts for incomplete forms."""
    media = str(tmp_path_factory.mktemp("media"))
    with django_db_blocker.unblock():
        limits = {"REQUEST_BODY_SECONDS": "600"}  # incomplete forms stay open as long as a test
        own = {"MEDIA_ROOT": media, "CORS_ALLOWED_ORIGINS": ALLOWED_ORIGIN}
        server = WebServer(**own, **limits, **NO_PUSH).start()
    yield server
    server.stop()


@pytest.fixture
def person(host: WebServer, transactional_db: None, bob: User) -> Person:
    return Person(host, tokens_of(bob))


def upload(person: Person, content: bytes) -> httpx.Response:
    return person.http.patch(ME, files={"profile_image": ("me.png", content)}, timeout=120)


def head_of(client: RawClient) -> bytes:
    """Return a response, once all of it has arrived; the connection may stay open."""
    received = b""
    while len(received) < _length_of(received):
        data = client.socket.recv(65536)
        assert data, received
        received += data
    return received


def _length_of(received: bytes) -> float:
    """Return the number of bytes of a response that has begun to arrive."""
    head, blank, _ = received.partition(b"\r\n\r\n")
    found = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    return len(head) + 4 + int(found[1]) if blank and found else math.inf


@pytest.mark.parametrize("count", [16, 40])
@pytest.mark.parametrize("body", BODIES, ids=["declared", "chunked"])
def test_incomplete_forms_without_a_token_are_refused_and_block_nobody(
    host: WebServer, person: Person, count: int, body: bytes
) -> None:
    with ExitStack() as held:
        halves = [held.enter_context(RawClient(host)).send(HALF + body) for _ in range(count)]
        refusals = [head_of(each) for each in halves]

        assert upload(person, draw()).status_code == 200

    for refusal in refusals:
        head, _, content = refusal.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 401")
        assert b'www-authenticate: Bearer realm="api"' in head
        assert b"access-control-allow-origin: " + ALLOWED_ORIGIN.encode() in head
        assert b'"code":"not_authenticated"' in content


def test_incomplete_forms_of_one_person_block_nobody_else(
    host: WebServer, person: Person, alice: User
) -> None:
    hers = b"Authorization: Bearer " + tokens_of(alice).access.encode() + b"\r\n"

    with ExitStack() as held:
        for _ in range(40):
            held.enter_context(RawClient(host)).send(HALF + hers + BODIES[0])

        assert upload(person, draw()).status_code == 200


@pytest.mark.parametrize("path", [b"/admin/login/", b"/"])
def test_incomplete_forms_to_pages_block_nobody(
    host: WebServer, person: Person, path: bytes
) -> None:
    make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True)
    start = HALF.replace(b"PATCH /api/auth/users/me/", b"POST " + path)

    with ExitStack() as held, httpx.Client(base_url=host.url, timeout=30) as browser:
        for _ in range(40):
            held.enter_context(RawClient(host)).send(start + b"Content-Length: 60000\r\n\r\n--x")

        assert upload(person, draw()).status_code == 200
        assert browser.get("/admin/login/").status_code == 200


@pytest.mark.parametrize("path", [b"/admin/login/", b"/", b"/api/nothing/"])
def test_page_refuses_large_forms(host: WebServer, path: bytes) -> None:
    start = HALF.replace(b"PATCH /api/auth/users/me/", b"POST " + path)

    with RawClient(host) as client:
        answer = head_of(client.send(start + b"Content-Length: 70000\r\n\r\n"))

    status = 404 if path.startswith(b"/api/") else 413  # unread, and too large to be read
    assert answer.startswith(b"HTTP/1.1 %d" % status)


def test_refused_form_is_drained_so_that_its_client_sees_the_error(host: WebServer) -> None:
    picture = {"profile_image": ("me.png", b"x" * 5_000_000)}
    url = f"{host.url}/api/{ME}"

    with httpx.Client() as client:
        first = client.patch(url, files=picture)
        second = client.patch(url, files=picture, headers={"Authorization": "Bearer x"})

    assert [first.status_code, second.status_code] == [401, 401]
    assert second.json()["code"] == "token_not_valid"


def test_incomplete_form_with_a_token_times_out(
    django_db_setup: None, transactional_db: None, alice: User
) -> None:
    hers = b"Authorization: Bearer " + tokens_of(alice).access.encode() + b"\r\n"

    with (
        WebServer(REQUEST_BODY_SECONDS="0.5", **NO_PUSH) as server,
        RawClient(server) as client,
    ):
        assert client.send(HALF + hers + BODIES[0]).read_to_the_end() == b""


def weigh(server: WebServer) -> int:
    """Return the server's peak memory, in megabytes."""
    assert server.process
    status = Path(f"/proc/{psutil.Process(server.process.pid).pid}/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(peak.split()[1]) // 1024


@needs_no_database
def test_huge_pictures_cost_the_web_process_nothing_while_others_are_answered(
    host: WebServer, person: Person, alice: User
) -> None:
    huge = draw("PNG", (6300, 6300))
    people = [Person(host, tokens_of(make_trainee(f"p{number}", alice))) for number in range(3)]
    before = weigh(host)
    finished: list[Any] = []

    with ThreadPoolExecutor(4) as pool:
        uploads = [pool.submit(upload, each, huge) for each in (person, *people)]
        for each in uploads:
            each.add_done_callback(finished.append)
        answered = []
        while not finished:
            answered.append(person.get(ME).status_code)
        statuses = [each.result().status_code for each in uploads]

    assert answered
    assert set(answered) <= {200, 429}
    assert statuses == [200] * 4
    # Decoding one of these pictures takes 160 MB, in a process of its own.
    assert weigh(host) - before < 60


@needs_no_database
def test_eight_large_pictures_of_one_person_succeed(person: Person) -> None:
    large = draw("PNG", (3000, 3000))

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: upload(person, large).status_code, range(8)))

    assert statuses == [200] * 8
    assert person.get(ME).json()["profile_image"]


# Other expensive requests
# ------------------------------------------------------------------------------
@needs_no_database
def test_concurrent_sign_ins_and_other_requests_are_all_answered(
    host: WebServer, person: Person
) -> None:
    finished: list[Any] = []

    with ThreadPoolExecutor(20) as pool:
        url = f"{host.url}/api/auth/jwt/create/"
        people = [{"email": f"p{number}@example.com", "password": PASSWORD} for number in range(20)]
        sign_ins = [pool.submit(httpx.post, url, json=each, timeout=120) for each in people]
        for each in sign_ins:
            each.add_done_callback(finished.append)
        assert person.get(ME).status_code == 200
        assert len(finished) < 20
        statuses = [each.result().status_code for each in sign_ins]

    assert statuses == [401] * 20


@needs_no_database
@pytest.mark.parametrize("accept", ["*/*", "application/json"])
def test_fifty_first_requests_for_the_description_are_answered(
    django_db_setup: None, transactional_db: None, accept: str
) -> None:
    with WebServer(**NO_PUSH) as fresh, ThreadPoolExecutor(50) as pool:
        url, headers = f"{fresh.url}/api/schema/", {"Accept": accept}
        asked = [pool.submit(httpx.get, url, headers=headers, timeout=60) for _ in range(50)]
        answers = [each.result() for each in asked]

    assert [each.status_code for each in answers] == [200] * 50
    assert len({each.content for each in answers}) == 1
