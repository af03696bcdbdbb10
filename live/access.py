"""The interface through which sockets authenticate; the users app implements it."""

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Access(Protocol):
    """What a verified token grants: sockets of one user, for one session, until it expires."""

    @property
    def user_id(self) -> int: ...

    @property
    def session_id(self) -> int | None:
        """The session that can be ended; None for a token that names none."""

    @property
    def expires_at(self) -> float:
        """Seconds since the epoch."""


A = TypeVar("A", bound=Access)


class Authenticator(Protocol[A]):
    """Verifies tokens against the database. All methods block, so they run in a worker thread."""

    def authenticate(self, token: str, path: str, *, user_id: int | None = None) -> A:
        """
        Return the access that a token grants to a socket on `path`.

        Raises NotSignedIn if the token is not valid, or is not of `user_id`.
        """

    def has_ended(self, access: A) -> bool:
        """Return whether the token has expired, or its session or user no longer gives access."""

    def list_ended(
        self, keys: Sequence[int], user_ids: Sequence[int], session_ids: Sequence[int]
    ) -> set[int]:
        """Return the keys of the accesses that have ended, in one query; session 0 means none."""
