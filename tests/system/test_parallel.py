"""Parallel requests, through both processes."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from messaging.models import Conversation, Message
from tests.system.conftest import Join
from users.models import User


def test_eight_parallel_senders_leave_the_newest_message_as_the_last(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    senders = [join(user) for join in (here, there) for user in (alice, bob) for _ in range(2)]

    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            list(pool.map(lambda sender: sender.send(conversation.pk, "At once"), senders))

    messages = list(Message.objects.order_by("created_version"))
    conversation.refresh_from_db()
    assert [each.created_version for each in messages] == list(range(1, 42))
    assert [each.pk for each in messages] == sorted(each.pk for each in messages)
    newest = messages[-1]
    assert newest.created_at == max(each.created_at for each in messages)
    stands = (conversation.last_message, conversation.last_message_at, conversation.version)
    assert stands == (newest, newest.created_at, 41)


def test_parallel_first_messages_open_one_conversation(
    here: Join, there: Join, alice: User, bob: User
) -> None:
    start = {"trainee_id": bob.pk, "content": "Hello"}
    senders = [join(alice) for join in (here, there) for _ in range(4)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda s: s.post("messaging/conversations/start/", **start).json(), senders)
        )

    assert sorted(each["is_new_conversation"] for each in answers) == [False] * 7 + [True]
    assert {each["conversation_id"] for each in answers} == {Conversation.objects.get().pk}
    assert sorted(each["message"]["version"] for each in answers) == list(range(1, 9))


def test_parallel_retries_store_one_message(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    client_id = str(uuid4())
    devices = [join(alice) for join in (here, there) for _ in range(4)]

    with there(bob).socket(conversation.pk) as socket, ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda d: d.send(conversation.pk, "Once", client_id=client_id), devices)
        )

        assert sorted(each.status_code for each in answers) == [200] * 7 + [201]
        (body,) = {each.text: each.json() for each in answers}.values()
        assert socket.receive() == {"type": "new_message", "message": body}
        assert socket.ping() == [{"type": "pong", "version": 2}]
