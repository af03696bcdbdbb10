"""Redis stops while the server runs; the server gets slower but keeps working."""

from collections.abc import Iterator
from itertools import cycle
from uuid import uuid4

import pytest

from messaging.models import Conversation, Message
from tests.backends import Redis
from tests.factories import tokens_of
from tests.system.people import Person, Socket, eventually
from tests.system.server import WebServer
from users.models import User


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    with Redis(own=True) as redis:
        yield redis


@pytest.fixture(scope="module")
def shaky_server(django_db_setup: None, redis: Redis) -> Iterator[WebServer]:
    with WebServer(REDIS_URL=redis.url) as server:
        yield server


@pytest.fixture(autouse=True)
def _redis_runs(redis: Redis) -> None:
    """Start Redis again after a test that stopped it."""
    redis.start()


@pytest.fixture
def her(shaky_server: WebServer, alice: User) -> Person:
    return Person(shaky_server, tokens_of(alice))


@pytest.fixture
def his(shaky_server: WebServer, bob: User) -> Person:
    return Person(shaky_server, tokens_of(bob))


@pytest.mark.django_db(transaction=True)
def test_message_sent_while_redis_is_down_is_stored_once(
    her: Person, his: Person, conversation: Conversation, redis: Redis
) -> None:
    client_id = str(uuid4())
    with his.socket(conversation.pk) as before:
        redis.kill()

        sent = her.send(conversation.pk, "Redis is down", client_id=client_id)
        again = her.send(conversation.pk, "Redis is down", client_id=client_id)

        assert (sent.status_code, again.status_code, again.json()) == (201, 200, sent.json())
        assert Message.objects.filter(content="Redis is down").count() == 1
        assert before.receive() == {"type": "new_message", "message": sent.json()}
        assert before.ping() == [{"type": "pong", "version": 2}]


@pytest.mark.django_db(transaction=True)
def test_sockets_opened_while_redis_is_down_work_and_get_events_later(
    her: Person, his: Person, conversation: Conversation, redis: Redis
) -> None:
    redis.kill()
    with her.socket(conversation.pk) as hers, his.socket(conversation.pk) as own:
        sent = her.send(conversation.pk, "Redis is down").json()
        read = his.read(conversation.pk).json()
        assert own.receive() == {"type": "new_message", "message": sent}
        receipt = hers.receive_until("read_receipt")[-1]
        assert (receipt["read_at"], receipt["up_to"]) == (read["read_at"], sent["id"])
        assert his.get("messaging/unread-count/").json() == {"unread_count": 0}

        redis.start()

        assert_typing_arrives(own, hers)
        assert_typing_arrives(hers, own)


@pytest.mark.django_db(transaction=True)
def test_sockets_get_events_again_after_redis_restarts_empty(
    her: Person, his: Person, conversation: Conversation, redis: Redis
) -> None:
    with her.socket(conversation.pk) as hers, his.socket(conversation.pk) as own:
        assert_typing_arrives(own, hers)

        redis.kill()
        redis.start()

        assert_typing_arrives(own, hers)
        sent = her.send(conversation.pk, "Back again").json()
        assert own.receive_until("new_message")[-1]["message"] == sent


def assert_typing_arrives(sender: Socket, receiver: Socket) -> None:
    """Type until the other side shows it, which proves that events arrive through Redis again."""
    states = cycle([True, False])

    def probe() -> bool | None:
        sender.send(type="typing", is_typing=next(states))
        return any(frame["type"] == "typing_indicator" for frame in receiver.ping()) or None

    assert eventually(probe)
