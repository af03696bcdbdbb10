from typing import cast

from django.utils import timezone

from users.exceptions import InvalidToken, NotFound
from users.models import AuthSession, User
from users.sql import Columns, fetch_one, to_db
from users.tokens import Claims

_USER = Columns(
    User,
    "id",
    "email",
    "role",
    "parent_trainer",
    "first_name",
    "last_name",
    "business_name",
    "phone_number",
    "profile_image",
    "onboarding_completed",
    "is_active",
    "is_staff",
    "is_superuser",
)
_SESSION = Columns(AuthSession, "id", "kind", "user", "impersonator", "expires_at")
# AuthSession.objects.alive() in one statement, with the user.
_LIVING_SESSION = f"""
SELECT {_SESSION.of("s")}, {_USER.of("u")}
FROM users_authsession s
JOIN users_user u ON u.id = s.user_id
LEFT JOIN users_user i ON i.id = s.impersonator_id
WHERE s.id = %s AND s.user_id = %s AND s.ended_at IS NULL AND s.expires_at > %s
  AND u.is_active AND (s.kind = 'SIGN_IN' OR i.is_active)
"""  # noqa: S608 - made of column names
_ACTIVE_USER = f"SELECT {_USER.of('u')} FROM users_user u WHERE u.id = %s AND u.is_active"  # noqa: S608 - as above


def get_user_by_claims(claims: Claims) -> User:
    """
    Return who a verified token speaks for, in one query; raise InvalidToken.

    Deactivated users, ended sessions, and impersonations by a deactivated person are refused here,
    so at once. The user carries its session and whether it is impersonated.
    """
    if claims.session_id is None:
        row = fetch_one(_ACTIVE_USER, [claims.user_id])
        if row is None:
            raise InvalidToken
        user = _USER.load(row)
    else:
        session = get_living_session(claims)
        user = cast(User, session.user)
        user.auth_session = session
        user.is_impersonated = session.is_impersonation
    user.is_impersonated |= claims.impersonating
    return user


def get_living_session(claims: Claims) -> AuthSession:
    """Return the session that a token names, with its user; raise InvalidToken if it is over."""
    row = fetch_one(_LIVING_SESSION, [claims.session_id, claims.user_id, to_db(timezone.now())])
    if row is None:
        raise InvalidToken
    session = _SESSION.load(row[: _SESSION.count])
    session.user = _USER.load(row[_SESSION.count :])
    return session


def list_living_claims(claims: set[Claims]) -> set[Claims]:
    """Return those of many verified tokens that are still good, in at most two queries."""
    sessions = set(
        AuthSession.objects.alive()
        .filter(pk__in={each.session_id for each in claims if each.session_id is not None})
        .values_list("pk", flat=True)
    )
    loners = {each.user_id for each in claims if each.session_id is None}
    users = set(
        User.objects.filter(pk__in=loners, is_active=True).values_list("pk", flat=True)
        if loners
        else ()
    )
    now = timezone.now().timestamp()
    return {
        each
        for each in claims
        if each.expires_at > now
        and (each.user_id in users if each.session_id is None else each.session_id in sessions)
    }


def get_trainer(trainer_id: int) -> User:
    """Return an active trainer; raise NotFound."""
    trainer = User.objects.filter(pk=trainer_id, role=User.Role.TRAINER, is_active=True).first()
    if trainer is None:
        raise NotFound
    return trainer
