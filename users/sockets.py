"""Authenticates users' sockets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from api.accepted_language import language_of_headers
from api.languages import speak
from live.access import Authenticator
from live.consumer import LiveConsumer
from users.exceptions import InvalidToken
from users.models import User
from users.selectors import get_user_by_claims, has_ended, list_ended
from users.services.sessions import record_view
from users.tokens import Claims, read_access_token


@dataclass(frozen=True, slots=True, eq=False)
class UserAccess:
    """A user, and the claims of their token."""

    user: User
    claims: Claims

    @property
    def user_id(self) -> int:
        return self.claims.user_id

    @property
    def session_id(self) -> int:
        return self.claims.session_id

    @property
    def impersonating(self) -> bool:
        return self.claims.impersonating

    @property
    def expires_at(self) -> float:
        return self.claims.expires_at


class TokenAuthenticator:
    """Authenticates sockets by access tokens, as TokenAuthentication does for requests."""

    def authenticate(self, token: str, path: str, *, user_id: int | None = None) -> UserAccess:
        """
        Verify a token and load its user. During an impersonation, store a record of the socket.

        Raise InvalidToken if the token is not valid, or belongs to a user other than `user_id`.
        """
        claims = read_access_token(token)
        if user_id not in (None, claims.user_id):
            raise InvalidToken
        user = get_user_by_claims(claims)
        record_view(viewer=user, method="SOCKET", path=path)
        return UserAccess(user, claims)

    def has_ended(self, access: UserAccess) -> bool:
        return has_ended(access.claims)

    def list_ended(
        self, keys: Sequence[int], user_ids: Sequence[int], session_ids: Sequence[int]
    ) -> set[int]:
        return list_ended(keys, user_ids, session_ids)


class UserConsumer(LiveConsumer[UserAccess]):
    """A socket of a signed-in user."""

    authenticator: ClassVar[Authenticator[UserAccess]] = TokenAuthenticator()

    @property
    def user(self) -> User:
        return self.access.user

    async def _sign_in(self) -> None:
        """Sign in. Error frames are in the language of the user, else of the handshake."""
        await super()._sign_in()
        speak(self.user.language or language_of_headers(self.scope["headers"]))
