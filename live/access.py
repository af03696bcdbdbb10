"""The interface for authenticating sockets; the users app implements it."""

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Access(Protocol):
    """What a verified token grants until it expires: access as one user, in one session."""

    @property
    def user_id(self) -> int: ...

    @property
    def session_id(self) -> int: ...

    @property
    def impersonating(self) -> bool:
        """Whether another person looks at the user's account; such sockets have a limit of their own."""

    @property
    def expires_at(self) -> float:
        """The expiry of the token, in seconds since the Unix epoch."""


A = TypeVar("A", bound=Access)


class Authenticator(Protocol[A]):
    """Verifies tokens against the database. All methods block, so they must run in a worker thread."""

    def authenticate(self, token: str, path: str, *, user_id: int | None = None) -> A:
        """
        Return the access that a token grants to a socket on `path`.

        Raise NotSignedIn if the token is invalid, or is not a token of `user_id` (None allows any user).
        """

    def has_ended(self, access: A) -> bool:
        """Return whether the token has expired, or the access of its session or user has ended."""

    def list_ended(
        self, keys: Sequence[int], user_ids: Sequence[int], session_ids: Sequence[int]
    ) -> set[int]:
        """
        Return the keys of the sockets whose user or session has lost access, with one query.

        Each argument is a column with one value per socket. The expiry of the token is not checked here.
        """
