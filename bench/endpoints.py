"""The seven measured endpoints, with requests from many users and the targets of the design."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.dataset import BUSY_TRAINER, UNREAD, Dataset, Pair, list_pairs, token_of
from bench.wrk import Request

BASE = "/api/messaging"


@dataclass(frozen=True)
class Endpoint:
    """
    An endpoint to measure, with its targets.

    `least` is the minimum of the product's rate divided by the floor's; `statements` is the maximum number
    of SQL statements per request. `marks` says that each request marks one message as read.
    """

    name: str
    least: float
    statements: int
    requests: Callable[[Dataset], list[Request]]
    marks: bool = False


def _people() -> Iterator[tuple[Pair, int]]:
    """Yield every pair with its trainee's id, then every pair with its trainer's id."""
    pairs = list_pairs()
    yield from ((pair, pair.trainee_id) for pair in pairs)
    yield from ((pair, pair.trainer_id) for pair in pairs)


def _trainers() -> list[int]:
    return sorted({pair.trainer_id for pair in list_pairs()})


def _list(data: Dataset) -> list[Request]:
    return [Request("GET", f"{BASE}/conversations/", token_of(each)) for each in _trainers()]


def _busy_list(data: Dataset) -> list[Request]:
    return [Request("GET", f"{BASE}/conversations/", token_of(BUSY_TRAINER))]


def _page(data: Dataset) -> list[Request]:
    return [Request("GET", _path(pair, "messages/"), token_of(user)) for pair, user in _people()]


def _since(data: Dataset) -> list[Request]:
    query = f"messages/?since={data.version - UNREAD}"
    return [Request("GET", _path(pair, query), token_of(user)) for pair, user in _people()]


def _unread(data: Dataset) -> list[Request]:
    return [Request("GET", f"{BASE}/unread-count/", token_of(each)) for each in _trainers()]


def _read(data: Dataset) -> list[Request]:
    """Return requests that mark one unread message each: every conversation's oldest, then its next."""
    tokens = {user: token_of(user) for _, user in _people()}
    found = []
    for n in range(data.messages - UNREAD, data.messages):
        for pair in list_pairs():
            reader = pair.trainer_id if n % 2 == 0 else pair.trainee_id
            body = f'{{"up_to": {data.message_id(pair, n)}}}'
            found.append(Request("POST", _path(pair, "read/"), tokens[reader], body))
    return found


def _send(data: Dataset) -> list[Request]:
    body = '{"content": "Three sets of eight today, and how is the knee?", "client_id": "@"}'
    return [Request("POST", _path(pair, "send/"), token_of(user), body) for pair, user in _people()]


def _path(pair: Pair, rest: str) -> str:
    return f"{BASE}/conversations/{pair.conversation_id}/{rest}"


LIST = Endpoint("list of 20", 0.25, 3, _list)
SEND = Endpoint("send", 0.18, 4, _send)
# Endpoints that only read come first, because the others change their results.
ENDPOINTS = (
    LIST,
    Endpoint("first page of 500", 0.25, 3, _busy_list),
    Endpoint("message page", 0.25, 3, _page),
    Endpoint("catch-up", 0.25, 3, _since),
    Endpoint("unread count", 0.25, 2, _unread),
    Endpoint("mark read", 0.25, 3, _read, marks=True),
    SEND,
)
