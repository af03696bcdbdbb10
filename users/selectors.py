from collections.abc import Sequence
from typing import cast

from django.utils import timezone

from api.exceptions import NotFound
from db.sql import Columns, IntTable, fetch_all, fetch_one, to_db
from users.exceptions import InvalidToken
from users.models import AuthSession, User
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
    "language",
    "onboarding_completed",
    "is_active",
    "is_staff",
    "is_superuser",
    "access_epoch",
    "erased_at",
)
_SESSION = Columns(AuthSession, "id", "kind", "user", "impersonator", "expires_at")
# The condition of AuthSession.objects.alive(), for a session `s`, its user `u` and impersonator `i`.
_IS_ALIVE = """
s.ended_at IS NULL AND s.expires_at > %s AND u.is_active AND s.user_epoch = u.access_epoch
AND (s.kind = 'SIGN_IN' OR (i.is_active AND s.impersonator_epoch = i.access_epoch))
"""
_LIVING_SESSION = f"""
SELECT {_SESSION.of("s")}, {_USER.of("u")}
FROM users_authsession s
JOIN users_user u ON u.id = s.user_id
LEFT JOIN users_user i ON i.id = s.impersonator_id
WHERE s.id = %s AND s.user_id = %s AND {_IS_ALIVE}
"""  # noqa: S608 - made of column names


def get_user_by_claims(claims: Claims) -> User:
    """
    Return the user of a verified token, with one query.

    Set `auth_session` and `is_impersonated` on the user. Raise InvalidToken if the user is deactivated
    or deleted, if the session has ended or expired, or if the user's or impersonator's access epoch is not
    the one that the session stores (see `users.epoch`).
    """
    session = get_valid_session(claims)
    user = cast(User, session.user)
    user.auth_session = session
    user.is_impersonated = session.is_impersonation
    user.is_impersonated |= claims.impersonating
    return user


def get_valid_session(claims: Claims) -> AuthSession:
    """Return a token's session, with the user loaded. Raise InvalidToken if no valid session exists."""
    row = fetch_one(_LIVING_SESSION, [claims.session_id, claims.user_id, to_db(timezone.now())])
    if row is None:
        raise InvalidToken
    session = _SESSION.load(row[: _SESSION.count])
    session.user = _USER.load(row[_SESSION.count :])
    return session


_ACCESSES = IntTable("key", "user_id", "session_id")
_ENDED = f"""
SELECT input.key
FROM {{input}}
LEFT JOIN users_user u ON u.id = input.user_id
LEFT JOIN users_authsession s ON s.id = input.session_id AND s.user_id = input.user_id
LEFT JOIN users_user i ON i.id = s.impersonator_id
WHERE NOT COALESCE({_IS_ALIVE}, false)
"""  # noqa: S608 - as above


def list_ended(
    keys: Sequence[int], user_ids: Sequence[int], session_ids: Sequence[int]
) -> set[int]:
    """
    Return the keys of those tokens whose access has ended, with one query.

    The sequences have one element per token: its key (chosen by the caller), its user id, and its
    session id. The caller has already verified the tokens. Whether the tokens themselves have expired is
    not checked.
    """
    sql = _ENDED.format(input=_ACCESSES.table)
    params = _ACCESSES.params(keys, user_ids, session_ids)
    return {key for (key,) in fetch_all(sql, [*params, to_db(timezone.now())])}


def has_ended(claims: Claims) -> bool:
    """Return whether a verified token has expired, or the access of its session or user has ended."""
    has_expired = claims.expires_at <= timezone.now().timestamp()
    return has_expired or bool(list_ended([0], [claims.user_id], [claims.session_id]))


def get_trainer(trainer_id: int) -> User:
    """Return an active trainer; raise NotFound."""
    trainer = User.objects.filter(pk=trainer_id, role=User.Role.TRAINER, is_active=True).first()
    if trainer is None:
        raise NotFound
    return trainer
