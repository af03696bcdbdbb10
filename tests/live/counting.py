"""A minimal product built on live/: its sockets show a growing number to their users."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from rest_framework.exceptions import ValidationError

from api.exceptions import NotFound, NotSignedIn
from live.access import Authenticator
from live.consumer import LiveConsumer
from live.frame_consumer import Handler
from live.frames import Frame, encode
from live.position_table import ListBehind
from live.publisher import Event
from tests.database_errors import away


@dataclass(frozen=True)
class Grant:
    user_id: int
    session_id: int = 1
    expires_at: float = 2.0**31
    impersonating: bool = False


@dataclass
class Store:
    """Replaces the database: who has access, which sessions have ended, and the number."""

    grants: dict[str, Grant] = field(default_factory=dict)
    ended: set[int] = field(default_factory=set)
    number: int = 0
    error: Exception | None = None
    queries: int = 0

    def query(self) -> None:
        self.queries += 1
        if self.error:
            raise self.error


store = Store()


class Grants:
    """Authenticates by the tokens in the store."""

    def authenticate(self, token: str, path: str, *, user_id: int | None = None) -> Grant:
        store.query()
        grant = store.grants.get(token)
        if grant is None or user_id not in (None, grant.user_id):
            raise NotSignedIn
        return grant

    def has_ended(self, access: Grant) -> bool:
        store.query()
        return access.session_id in store.ended or access.expires_at <= time.time()

    def list_ended(
        self, keys: Sequence[int], user_ids: Sequence[int], session_ids: Sequence[int]
    ) -> set[int]:
        store.query()
        return {key for key, pk in zip(keys, session_ids, strict=True) if pk in store.ended}


def list_smaller(
    keys: Sequence[int], user_ids: Sequence[int], numbers: Sequence[int]
) -> dict[int, int]:
    pairs = zip(keys, numbers, strict=True)
    return {key: store.number for key, number in pairs if number < store.number}


class CountingConsumer(LiveConsumer[Grant]):
    """Sends the store's number. A `raise` frame raises the exception named by its `error` field."""

    authenticator: ClassVar[Authenticator[Grant]] = Grants()
    list_behind: ClassVar[ListBehind] = staticmethod(list_smaller)
    errors: ClassVar[dict[str, Exception]] = {
        "invalid": ValidationError({"number": ["Not a number."]}),
        "not_found": NotFound(),
        "away": away(),
    }

    def __init__(self) -> None:
        super().__init__()
        self.number = -1
        self.heard: list[Event] = []

    async def open(self) -> None:
        if store.number < 0:
            raise NotFound
        self.show(store.number)

    def show(self, number: int) -> None:
        self.number = number
        self.push(encode({"number": number}))
        self.track_position()

    @property
    def position(self) -> tuple[int, ...]:
        return (self.number,)

    async def reconcile(self, actual: int) -> None:
        self.show(actual)

    def handle_number_grown(self, event: Event) -> None:
        self.heard.append(event)
        self.show(event["number"])

    def frame_handlers(self) -> dict[str, Handler]:
        return {**super().frame_handlers(), "raise": self.raise_error}

    async def raise_error(self, frame: Frame) -> None:
        raise self.errors[frame["error"]]

    async def answer_ping(self, frame: Frame) -> None:
        self.push(encode({"type": "pong"}))


def grown(number: int, **event: Any) -> Event:
    return {"type": "number.grown", "number": number, **event}
