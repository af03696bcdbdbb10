"""Which responses are compressed, and that clients that do not ask for it notice nothing."""

import gzip
from typing import Any

import pytest

from api.compression import LEAST_BYTES
from messaging.models import Conversation
from tests.conftest import Client
from tests.factories import PASSWORD, make_trainee, open_conversation, write
from trainer.services.invitations import invite_trainee
from users.models import User

LIST = "/api/messaging/conversations/"
TRAINEES = "/api/trainer/trainees/"


@pytest.fixture
def thread(alice: User, conversation: Conversation) -> str:
    """The URL of a thread's messages, with lists of everything that is longer than LEAST_BYTES."""
    for number in range(8):
        open_conversation(alice, make_trainee(f"trainee{number}", alice))
    write(alice, conversation, *(f"Set {number} is done." for number in range(8)))
    return f"{LIST}{conversation.pk}/messages/"


def get(api: Client, url: str, accepted: str) -> Any:
    return api.get(url, headers={"accept-encoding": accepted})


@pytest.mark.parametrize(
    "accepted", ["gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8", "x, gzip;q=0.01"]
)
@pytest.mark.parametrize("url", [LIST, TRAINEES, "thread", "thread?since=0", "thread?before=99999"])
def test_pages_are_compressed_for_clients_that_accept_gzip(
    api: Client, alice: User, thread: str, url: str, accepted: str
) -> None:
    api.as_user(alice)
    url = url.replace("thread", thread)
    plain = api.get(url)

    answer = get(api, url, accepted)

    assert (answer["Content-Encoding"], answer["Vary"]) == ("gzip", plain["Vary"])
    assert gzip.decompress(answer.content) == plain.content
    assert len(answer.content) < len(plain.content) / 2


@pytest.mark.parametrize(
    "accepted", ["", "identity", "br", "gzip;q=0", "gzip;q=0.000, br", "xgzip"]
)
def test_other_clients_get_plain_pages(
    api: Client, alice: User, thread: str, accepted: str
) -> None:
    api.as_user(alice)

    answer = get(api, thread, accepted)

    assert not answer.has_header("Content-Encoding")
    assert "Accept-Encoding" in answer["Vary"]
    assert answer.content == api.get(thread).content


def test_short_page_is_not_compressed(api: Client, bob: User, conversation: Conversation) -> None:
    answer = get(api.as_user(bob), LIST, "gzip")

    assert len(answer.content) < LEAST_BYTES
    assert not answer.has_header("Content-Encoding")


def test_length_of_a_compressed_page_varies(api: Client, alice: User, thread: str) -> None:
    api.as_user(alice)

    lengths = {len(get(api, thread, "gzip").content) for _ in range(20)}

    assert len(lengths) > 5


def test_refusal_is_not_compressed(api: Client, bob: User) -> None:
    answer = get(api.as_user(bob), f"{TRAINEES}?search={'x' * 2000}", "gzip")

    assert answer.status_code == 403
    assert not answer.has_header("Content-Encoding")


def test_responses_with_secrets_are_never_compressed(api: Client, alice: User) -> None:
    for number in range(20):
        invite_trainee(trainer=alice, email=f"invited{number}@example.com", message="Join me.")
    credentials = {"email": alice.email, "password": PASSWORD}
    accepting = {"accept-encoding": "gzip"}
    tokens = api.post("/api/auth/jwt/create/", credentials, headers=accepting)
    refreshed = api.post(
        "/api/auth/jwt/refresh/", {"refresh": tokens.json()["refresh"]}, headers=accepting
    )

    invitations = get(api.as_user(alice), "/api/trainer/invitations/", "gzip")

    assert len(invitations.content) > LEAST_BYTES
    assert "invitation_code" in invitations.json()["results"][0]
    for answer in (tokens, refreshed, invitations):
        assert not answer.has_header("Content-Encoding")
