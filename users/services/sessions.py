"""Sign-in, sign-out, refreshing and impersonation."""

from datetime import timedelta
from typing import cast

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import update_last_login
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from api.exceptions import NotFound
from api.throttling import hit
from users.client_info import UNKNOWN_CLIENT, ClientInfo
from users.events import announce_access_changed
from users.exceptions import InvalidCredentials, InvalidToken, NotImpersonating
from users.locking import lock_account
from users.models import AuthSession, AuthSessionQuerySet, ImpersonationView, User
from users.selectors import get_trainer, get_valid_session
from users.sign_in_limits import forgive
from users.tokens import Claims, TokenPair, issue_tokens

SIGN_IN_LIFETIME = cast(timedelta, settings.SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"])


def sign_in(*, email: str, password: str, client: ClientInfo = UNKNOWN_CLIENT) -> TokenPair:
    """
    Start a session; raise InvalidCredentials.

    An unknown address, a wrong password and a deactivated account get the same response after the same
    time, because Django's backend hashes a password in each case.
    """
    user = authenticate(username=email, password=password)
    if not isinstance(user, User):
        raise InvalidCredentials
    forgive(client, email)
    return begin_session(user=user, client=client)


@transaction.atomic
def begin_session(*, user: User, client: ClientInfo = UNKNOWN_CLIENT) -> TokenPair:
    """
    Start a session for an authenticated user; raise InvalidCredentials if their access has ended.

    Access may end while the password is being verified, because this takes about 0.3 s.
    """
    locked = lock_account(user)
    if locked is None or locked.access_epoch != user.access_epoch:
        raise InvalidCredentials
    update_last_login(User, user)
    if client.language not in ("", user.device_language):
        User.objects.filter(pk=user.pk).update(device_language=client.language)
    now = timezone.now()
    session = AuthSession.objects.create(
        user=user,
        user_email=user.email,
        user_epoch=locked.access_epoch,
        expires_at=now + SIGN_IN_LIFETIME,
        last_used_at=now,
        **client.known,
    )
    return issue_tokens(session)


def refresh_session(*, claims: Claims, client: ClientInfo = UNKNOWN_CLIENT) -> TokenPair:
    """
    Issue new tokens for a refresh token, and store the time and what is known of the client.

    Raise TooFast beyond the rate `refresh` of its session, which all its tabs and devices share. Raise
    InvalidToken if the session is no longer valid.

    The old refresh token stays valid, because an existing client never stores the new one. A refresh
    extends a sign-in, but not an impersonation.
    """
    hit("refresh", claims.session_id)
    session = get_valid_session(claims)
    now = timezone.now()
    if not session.is_impersonation:
        session.expires_at = now + SIGN_IN_LIFETIME
    living = AuthSession.objects.alive().filter(pk=session.pk)
    if not living.update(expires_at=session.expires_at, last_used_at=now, **client.known):
        raise InvalidToken  # it has ended or was deleted meanwhile
    return issue_tokens(session)


@transaction.atomic
def sign_out(*, claims: Claims) -> None:
    """
    End a token's session. If the session is a sign-in, also end all impersonations by its user.

    Raise InvalidToken if the session is no longer valid.
    """
    session = get_valid_session(claims)
    sessions = AuthSession.objects.filter(pk=session.pk)
    if not session.is_impersonation:
        sessions |= AuthSession.objects.filter(impersonator_id=session.user_id)
    end_sessions(sessions)


def end_sessions(sessions: AuthSessionQuerySet) -> int:
    """End the sessions that have not ended, and close their sockets; return the number ended."""
    living = list(sessions.filter(ended_at__isnull=True).values_list("pk", "user_id"))
    AuthSession.objects.filter(pk__in=[pk for pk, _ in living]).update(ended_at=timezone.now())
    for user_id in {user_id for _, user_id in living}:
        announce_access_changed(user_id)
    return len(living)


def keep_session(*, user: User, since: int, epoch: int) -> None:
    """
    Store the user's new epoch in the session of the current request, so that this session stays valid.

    `since` is the previous epoch. A session that has ended since the request was authenticated stays
    ended.
    """
    if user.auth_session:
        session = AuthSession.objects.filter(pk=user.auth_session.pk, user_epoch=since)
        session.update(user_epoch=epoch)


def end_outdated_sessions(*, user_id: int) -> None:
    """End a user's outdated sessions, including impersonations by the user, and close their sockets."""
    outdated = AuthSession.objects.outdated()
    end_sessions(outdated.filter(Q(user=user_id) | Q(impersonator=user_id)))


@transaction.atomic
def impersonate_trainer(
    *, trainer_id: int, by: User, client: ClientInfo = UNKNOWN_CLIENT
) -> tuple[AuthSession, TokenPair, User]:
    """Start impersonating a trainer; raise InvalidToken or NotFound."""
    lock_impersonator(by)
    trainer = lock_account(get_trainer(trainer_id))
    if trainer is None or not trainer.is_trainer:
        raise NotFound
    session, tokens = start_impersonation(user=trainer, by=by, client=client)
    return session, tokens, trainer


def lock_impersonator(by: User) -> None:
    """
    Lock the impersonator's row; raise InvalidToken if their access has ended.

    Callers lock this row before the row of the impersonated user, because deleting a trainer also locks
    the trainer's row before the trainees' rows.
    """
    locked = lock_account(by)
    if locked is None or locked.access_epoch != by.access_epoch:
        raise InvalidToken
    if by.auth_session and not _is_alive(by.auth_session):
        raise InvalidToken


def _is_alive(session: AuthSession) -> bool:
    return AuthSession.objects.alive().filter(pk=session.pk).exists()


def start_impersonation(
    *, user: User, by: User, client: ClientInfo = UNKNOWN_CLIENT
) -> tuple[AuthSession, TokenPair]:
    """
    Start an impersonation of `user` by `by`, who uses `client`.

    The caller has checked the permission and locked both people's rows, so that the impersonation cannot
    start after the access of either person has ended. The impersonation lasts at most
    `IMPERSONATION_LIFETIME`; refreshing does not extend it.
    """
    now = timezone.now()
    session = AuthSession.objects.create(
        kind=AuthSession.Kind.IMPERSONATION,
        user=user,
        user_email=user.email,
        user_epoch=user.access_epoch,
        impersonator=by,
        impersonator_email=by.email,
        impersonator_epoch=by.access_epoch,
        expires_at=now + settings.IMPERSONATION_LIFETIME,
        last_used_at=now,
        **client.known,
    )
    return session, issue_tokens(session)


@transaction.atomic
def end_impersonation(*, by: User) -> int:
    """
    End the current impersonation.

    If `by` is not an impersonated user, end all impersonations that `by` started.

    Return the number of impersonations ended; raise NotImpersonating if there are none.
    """
    if by.is_impersonated:
        sessions = AuthSession.objects.filter(pk=by.auth_session.pk if by.auth_session else 0)
    else:
        sessions = AuthSession.objects.filter(impersonator=by)
    if not (ended := end_sessions(sessions.filter(kind=AuthSession.Kind.IMPERSONATION))):
        raise NotImpersonating
    return ended


def record_view(*, viewer: User, method: str, path: str) -> None:
    """Store a record of a request or socket if it belongs to an impersonation."""
    if viewer.is_impersonated and viewer.auth_session:
        ImpersonationView.objects.create(
            session=viewer.auth_session, method=method, path=path[:500]
        )
