"""A socket that is idle for a minute: one test at the beginning of the run, and one at its end."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from tests.backends import Redis
from tests.system.people import Person, Socket
from tests.system.server import WebServer
from users.tokens import TokenPair

pytestmark = pytest.mark.unmeasured

IDLE_SECONDS = 61.0


@dataclass(frozen=True)
class Idle:
    """Both sides' sockets on one conversation, on a server and a Redis used only here."""

    trainer: Person
    conversation_id: int
    hers: Socket
    his: Socket
    began_at: float


@pytest.fixture(scope="session")
def idle(django_db_setup: None, demo_environment: dict[str, str]) -> Iterator[Idle]:
    with (
        Redis(own=True) as redis,
        WebServer(**{**demo_environment, "REDIS_URL": redis.url}) as server,
    ):
        trainer, trainee = (sign_in(server, name) for name in ("trainer", "trainee3"))
        (conversation,) = trainee.conversations()
        pk = conversation["id"]
        with trainer.socket(pk) as hers, trainee.socket(pk) as his:
            yield Idle(trainer, pk, hers, his, time.monotonic())


def sign_in(server: WebServer, name: str) -> Person:
    body = {"email": f"{name}@example.com", "password": "demo-password-1"}
    tokens = httpx.post(f"{server.url}/api/auth/jwt/create/", json=body).json()
    return Person(server, TokenPair(**tokens))


def test_idle_socket_opens(idle: Idle) -> None:
    assert idle.hers.connection.subprotocol == idle.his.connection.subprotocol == "bearer"


def test_idle_socket_works_after_a_minute(idle: Idle) -> None:
    time.sleep(max(0.0, idle.began_at + IDLE_SECONDS - time.monotonic()))

    # A typing event can arrive only through Redis; a message can also be found in the database.
    idle.hers.send(type="typing", is_typing=True)
    typing = idle.his.receive()
    sent = idle.trainer.send(idle.conversation_id, "Still there?").json()

    assert (typing["type"], typing["is_typing"]) == ("typing_indicator", True)
    assert idle.his.receive() == {"type": "new_message", "message": sent}
