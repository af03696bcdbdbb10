from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from api.languages import speak
from users.exceptions import InvalidToken
from users.models import User
from users.selectors import get_user_by_claims
from users.services.sessions import record_view
from users.tokens import Claims, read_access_token


class TokenAuthentication(BaseAuthentication):
    """
    Authenticates `Authorization: Bearer <access token>` with one query.

    From then on, the response is in the language that the user has chosen, if any.

    During an impersonation, a second statement stores a record of the request.
    """

    def authenticate(self, request: Request) -> tuple[User, Claims] | None:
        scheme, _, raw = get_authorization_header(request).decode("latin-1").partition(" ")
        if not scheme:
            return None
        if scheme.lower() != "bearer" or not raw.strip():
            raise InvalidToken
        claims = read_access_token(raw.strip())
        user = get_user_by_claims(claims)
        speak(user.language)
        record_view(viewer=user, method=request.method or "", path=request.get_full_path())
        return user, claims

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # no types
    """Describes the authentication in the API description."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
