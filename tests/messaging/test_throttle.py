"""The throttle on sending messages: section 3 of the contract."""

from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from rest_framework.response import Response

from api.exceptions import TooFast
from api.throttling import _hit_limiter, cached_retry_after, counter, hit
from messaging.models import Conversation, Message
from messaging.services.sending import send_message
from tests.conftest import Client
from tests.database_errors import away
from tests.factories import access_of, make_trainee
from tests.messaging.parallel import run_at_once
from tests.system.people import eventually
from users.models import User
from users.throttling import count_request

CLIENT_ID = "11111111-2222-4333-8444-555555555555"
START = "/api/messaging/conversations/start/"


def assert_too_fast(response: Response) -> None:
    wait = int(response["Retry-After"])
    unit = "second" if wait == 1 else "seconds"
    assert 1 <= wait <= 60
    assert response.status_code == 429
    assert response.json() == {  # type: ignore[attr-defined]  # added by the test client
        "detail": f"Slow down. Try again in {wait} {unit}.",
        "code": "throttled",
        "error": f"Slow down. Try again in {wait} {unit}.",
    }


def send_url(conversation: Conversation) -> str:
    return f"/api/messaging/conversations/{conversation.pk}/send/"


def test_send_and_start_share_30_a_minute(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    counter().reset()
    api.as_user(alice)
    body = {"trainee_id": bob.pk, "content": "Hi"}

    answers = [api.post(url, body) for url in (START, send_url(conversation)) * 15]

    assert {each.status_code for each in answers} == {201}
    assert_too_fast(api.post(START, body))
    assert_too_fast(api.post(send_url(conversation), body))


def test_repeats_and_refusals_do_not_count(
    api: Client, alice: User, bob: User, charlie: User, conversation: Conversation
) -> None:
    archived = Conversation.objects.create(trainer=alice, is_archived=True)
    counter().reset()
    api.as_user(alice)
    sent = {"content": "Hi", "client_id": CLIENT_ID}
    api.post(send_url(conversation), sent)

    statuses = [
        [
            api.post(send_url(conversation), sent).status_code,
            api.post(send_url(conversation), {"content": ""}).status_code,
            api.post(send_url(archived), {"content": "Hi"}).status_code,
            api.post(START, {"trainee_id": charlie.pk, "content": "Hi"}).status_code,
        ]
        for _ in range(10)
    ]
    accepted = [api.post(send_url(conversation), {"content": "Hi"}) for _ in range(29)]

    assert statuses == [[200, 400, 403, 404]] * 10
    assert {each.status_code for each in accepted} == {201}
    assert_too_fast(api.post(send_url(conversation), {"content": "Hi"}))


@pytest.mark.django_db(transaction=True)
def test_message_whose_commit_fails_does_not_count(
    api: Client,
    alice: User,
    bob: User,
    conversation: Conversation,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "messaging": "1/hour"}
    counter().reset()
    api.as_user(alice)
    body = {"trainee_id": bob.pk, "content": "Hi"}

    def fail() -> None:
        raise away()

    with monkeypatch.context() as at_commit:
        at_commit.setattr(connection, "commit", fail)
        refused = api.post(START, body)

    assert refused.status_code == 503
    assert [api.post(START, body).status_code for _ in range(2)] == [201, 429]


def test_repeat_is_answered_when_the_limit_is_reached(
    api: Client, bob: User, conversation: Conversation
) -> None:
    api.as_user(bob)
    sent = {"content": "Hi", "client_id": CLIENT_ID}
    api.post(send_url(conversation), sent)
    for _ in range(29):
        api.post(send_url(conversation), {"content": "Hi"})

    assert_too_fast(api.post(send_url(conversation), {"content": "Hi"}))
    assert api.post(send_url(conversation), sent).status_code == 200


def reach_the_limit(api: Client, conversation: Conversation, **first: str) -> None:
    """Send messages until the throttle refuses one; `first` are extra fields of the first message."""
    counter().reset()
    for extra in (first, *[{}] * 29):
        assert api.post(send_url(conversation), {"content": "Hi", **extra}).status_code == 201
    assert_too_fast(api.post(send_url(conversation), {"content": "Hi"}))


@pytest.mark.parametrize("url", ["send", "start"])
def test_throttled_sender_is_refused_again_without_a_write(
    api: Client, alice: User, bob: User, conversation: Conversation, url: str
) -> None:
    reach_the_limit(api.as_user(alice), conversation)
    body = {"trainee_id": bob.pk, "content": "Hi", "client_id": CLIENT_ID}

    with CaptureQueriesContext(connection) as captured:
        response = api.post(START if url == "start" else send_url(conversation), body)

    assert_too_fast(response)
    assert not [sql for sql in statements_of(captured) if not sql.startswith("SELECT")]
    assert not [sql for sql in statements_of(captured) if "FOR NO KEY UPDATE" in sql]


def statements_of(captured: CaptureQueriesContext) -> list[str]:
    return [query["sql"].strip() for query in captured]


def test_throttled_sender_still_gets_repeats_and_other_errors(
    api: Client, alice: User, bob: User, charlie: User, conversation: Conversation
) -> None:
    eve = make_trainee("eve", alice)
    archived = Conversation.objects.create(trainer=alice, is_archived=True)
    strange = Conversation.objects.create(trainer=charlie.parent_trainer, trainee=charlie)
    sent, repeat = {"content": "Hi"}, {"content": "Hi", "client_id": CLIENT_ID}
    reach_the_limit(api.as_user(alice), conversation, client_id=CLIENT_ID)
    first = Message.objects.get(client_id=CLIENT_ID).pk

    sends = [
        api.post(send_url(conversation), repeat),
        api.post(send_url(archived), sent),
        api.post(send_url(strange), sent),
    ]
    starts = [
        api.post(START, {**body, "trainee_id": trainee.pk})
        for body, trainee in ((repeat, bob), (sent, charlie), (repeat, eve))
    ]

    assert [each.status_code for each in sends] == [200, 403, 404]
    assert [each.status_code for each in starts] == [200, 404, 429]
    assert sends[0].json()["id"] == starts[0].json()["message"]["id"] == first
    assert starts[0].json()["is_new_conversation"] is False


def test_throttling_ends_when_the_next_message_is_within_the_rate(bob: User, settings: Any) -> None:
    settings.THROTTLE_RATES = {"messaging": "1/second"}
    uses = map(hit, ["messaging"] * 1000, [bob.pk] * 1000)
    with pytest.raises(TooFast):
        list(uses)

    assert eventually(lambda: cached_retry_after("messaging", bob.pk) == 0 or None)
    hit("messaging", bob.pk)


class JustBefore(MovingWindowRateLimiter):
    """A limiter that refuses; its window is empty by the time that the caller asks how long to wait."""

    def hit(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> bool:
        return False


def test_wait_is_short_if_the_window_has_moved_since_the_refusal() -> None:
    limiter = JustBefore(MemoryStorage())

    assert _hit_limiter(limiter, parse("30/minute"), "messaging") == 1


def test_each_person_has_a_separate_limit(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    api.as_user(bob)
    for _ in range(30):
        api.post(send_url(conversation), {"content": "Hi"})
    assert_too_fast(api.post(send_url(conversation), {"content": "Hi"}))

    response = api.as_user(alice).post(send_url(conversation), {"content": "Hi"})

    assert response.status_code == 201


def test_other_endpoints_share_120_a_minute(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    api.as_user(bob)
    urls = ["/api/messaging/unread-count/", "/api/auth/users/me/"] * 60

    assert {api.get(url).status_code for url in urls} == {200}

    assert_too_fast(api.get("/api/messaging/unread-count/"))
    assert_too_fast(api.patch("/api/auth/users/me/", {"first_name": "Bob"}))
    assert {api.get(url).status_code for url in reads_of(conversation)} == {200}
    assert api.post(send_url(conversation), {"content": "Hi"}).status_code == 201
    assert api.as_user(alice).get("/api/auth/users/me/").status_code == 200


def reads_of(conversation: Conversation) -> list[str]:
    """Return the requests that a person makes by scrolling and by opening one thread after another."""
    one = f"/api/messaging/conversations/{conversation.pk}/"
    messages = f"{one}messages/"
    keys = ["", "?page=1", "?before=99", "?after=0", "?since=0"]
    return ["/api/messaging/conversations/", one, *[f"{messages}{key}" for key in keys]]


def reads_of_trainer(trainee: User) -> list[str]:
    return [
        "/api/messaging/conversations/?archived=true",
        "/api/trainer/trainees/",
        f"/api/trainer/trainees/{trainee.pk}/",
        "/api/trainer/invitations/",
    ]


def test_reading_does_not_use_up_the_limit_of_other_requests(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    api.as_user(alice)
    urls = [*reads_of(conversation), *reads_of_trainer(bob)]

    statuses = {api.get(url).status_code for url in urls * 12}
    marked = {
        api.post(f"/api/messaging/conversations/{conversation.pk}/read/").status_code
        for _ in range(121)
    }

    assert statuses == marked == {200}
    assert api.patch("/api/auth/users/me/", {"first_name": "Alice"}).status_code == 200


def test_reading_is_allowed_1200_times_a_minute(bob: User) -> None:
    for _ in range(1200):
        count_request(bob, scope="reading")

    with pytest.raises(TooFast):
        count_request(bob, scope="reading")


def test_reading_has_a_limit_of_its_own(
    api: Client, alice: User, bob: User, conversation: Conversation, settings: Any
) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "reading": "1/minute", "user": "1/minute"}
    api.as_user(alice)
    first, *others = [*reads_of(conversation), *reads_of_trainer(bob)]

    assert api.get(first).status_code == 200

    for url in others:
        assert_too_fast(api.get(url))
    assert_too_fast(api.post(f"/api/messaging/conversations/{conversation.pk}/read/"))
    assert api.post("/api/trainer/invitations/", {"email": "new@gym.example"}).status_code == 201
    assert api.post("/api/trainer/invitations/", {"email": "eve@gym.example"}).status_code == 429


def test_throttle_can_be_disabled(
    api: Client, bob: User, conversation: Conversation, settings: pytest.FixtureRequest
) -> None:
    settings.THROTTLE_RATES = {"messaging": "off"}  # type: ignore[attr-defined]  # a setting
    api.as_user(bob)

    answers = [api.post(send_url(conversation), {"content": "Hi"}) for _ in range(31)]

    assert {each.status_code for each in answers} == {201}


@pytest.mark.django_db(transaction=True)
def test_of_200_parallel_sends_30_are_accepted(
    alice: User, bob: User, conversation: Conversation
) -> None:
    counter().reset()
    send = partial(send_message, sender=bob, conversation_id=conversation.pk, content="Hi")

    sent, refused = run_at_once([send] * 200)

    assert len(sent) == Message.objects.filter(sender=bob).count() == 30
    assert {type(each) for each in refused} == {TooFast}


@pytest.mark.django_db(transaction=True)
def test_of_50_parallel_repeats_none_is_refused_and_one_counts(
    bob: User, conversation: Conversation
) -> None:
    counter().reset()
    send = partial(send_message, sender=bob, conversation_id=conversation.pk, content="Hi")

    sent, refused = run_at_once([partial(send, client_id=UUID(CLIENT_ID))] * 50)
    others, too_fast = run_at_once([send] * 31)

    assert refused == []
    assert [each.is_repeat for each in sent].count(False) == 1
    assert len(others) == 29
    assert {type(each) for each in too_fast} == {TooFast}


@pytest.mark.django_db(transaction=True)
def test_of_40_parallel_requests_to_several_conversations_30_are_accepted(
    alice: User, bob: User, conversation: Conversation
) -> None:
    trainees = [bob, *(make_trainee(name, alice) for name in ("eve", "fred", "gina"))]
    counter().reset()
    token = access_of(alice)

    def start(trainee: User) -> int:
        body = {"trainee_id": trainee.pk, "content": "Hi"}
        return Client().with_token(token).post(START, body).status_code

    statuses, _ = run_at_once([partial(start, trainees[n % 4]) for n in range(40)])

    assert (statuses.count(201), statuses.count(429)) == (30, 10)
    assert Message.objects.filter(sender=alice).count() == 31
