from typing import cast

from django.utils import timezone

from users.exceptions import InvalidToken, NotFound
from users.models import AuthSession, User
from users.tokens import Claims


def get_user_by_claims(claims: Claims) -> User:
    """
    Return who a verified token speaks for, in one query; raise InvalidToken.

    Deactivated users, ended sessions, and impersonations by a deactivated person are refused here,
    so at once. The user carries its session and whether it is impersonated.
    """
    if claims.session_id is None:
        user = User.objects.filter(pk=claims.user_id, is_active=True).first()
        if user is None:
            raise InvalidToken
        user.is_impersonated = claims.impersonating
        return user
    return _user_of(get_living_session(claims), claims)


def get_living_session(claims: Claims) -> AuthSession:
    """Return the session that a token names, with its user; raise InvalidToken if it is over."""
    session = (
        AuthSession.objects.alive()
        .select_related("user")
        .filter(pk=claims.session_id or 0, user_id=claims.user_id)
        .first()
    )
    if session is None:
        raise InvalidToken
    return session


def _user_of(session: AuthSession, claims: Claims) -> User:
    user = cast(User, session.user)
    user.auth_session = session
    user.is_impersonated = session.is_impersonation or claims.impersonating
    return user


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
