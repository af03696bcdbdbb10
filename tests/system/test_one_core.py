"""The cores that the threads of a running web process use."""

from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from messaging.models import Conversation
from tests.factories import tokens_of
from tests.system.people import Person, eventually
from tests.system.server import WebServer
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def count_cores(server: WebServer) -> Counter[str]:
    """Count the server's threads by the list of cores that they may use."""
    assert server.process
    status = []
    for task in Path(f"/proc/{server.process.pid}/task").iterdir():
        # A thread may end after it was listed.
        with suppress(FileNotFoundError, ProcessLookupError):
            status.append((task / "status").read_text())
    return Counter(each.partition("Cpus_allowed_list:")[2].split()[0] for each in status)


def test_threads_of_the_api_share_one_core_and_those_that_hash_passwords_do_not(
    alice: User, conversation: Conversation
) -> None:
    with WebServer() as server:
        her = Person(server, tokens_of(alice))
        her.http.get("messaging/conversations/").raise_for_status()
        her.http.post("auth/jwt/create/", json={"email": "nobody@example.com", "password": "wrong"})

        def find_shared() -> Counter[str] | None:
            found = count_cores(server)
            return found if found.most_common(1)[0][0].isdecimal() else None

        (core, sharing), *others = eventually(find_shared).most_common()

    assert sharing >= 3
    assert [name for name, _ in others if name != core and not name.isdecimal()]


def test_threads_use_all_cores_if_so_configured(alice: User, conversation: Conversation) -> None:
    with WebServer(ONE_CORE="0") as server:
        Person(server, tokens_of(alice)).http.get("messaging/conversations/").raise_for_status()

        assert not [name for name in count_cores(server) if name.isdecimal()]
