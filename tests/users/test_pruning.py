"""Rows that are no longer in use are deleted after some days, in batches; 0 days keep them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from db.batches import delete_in_batches
from jobs.registry import list_kinds
from notifications.models import DeviceToken
from privacy.models import DataExport, DataExportPart
from privacy.services.exporting import prune_exports, write_export
from tests.factories import impersonate, tokens_of
from trainer.models import Invitation
from trainer.services.pruning import prune_invitations
from users.models import AuthSession, ImpersonationView, User
from users.services.pruning import prune_admin, prune_sessions


def ago(**span: float) -> datetime:
    return timezone.now() - timedelta(**span)


def add_sign_in(user: User, **times: Any) -> AuthSession:
    tokens_of(user)
    session = AuthSession.objects.latest("pk")
    AuthSession.objects.filter(pk=session.pk).update(**times)
    return session


def test_sign_ins_are_deleted_some_days_after_their_end(alice: User, bob: User) -> None:
    add_sign_in(bob, ended_at=ago(days=91))
    add_sign_in(bob, expires_at=ago(days=91))
    kept = [
        add_sign_in(bob, created_at=ago(days=500)),
        add_sign_in(bob, ended_at=ago(days=89)),
        add_sign_in(bob, expires_at=ago(days=91), ended_at=ago(days=89)),
        impersonate(bob, by=alice)[0],
    ]
    AuthSession.objects.filter(pk=kept[-1].pk).update(ended_at=ago(days=364))

    prune_sessions()

    assert list(AuthSession.objects.order_by("pk")) == kept


def test_devices_of_a_deleted_sign_in_are_deleted_and_others_stay(bob: User) -> None:
    old = add_sign_in(bob, ended_at=ago(days=91))
    new = add_sign_in(bob)
    for number, session in enumerate((old, new, None)):
        DeviceToken.objects.create(user=bob, token=str(number), platform="ios", session=session)

    prune_sessions()

    assert set(DeviceToken.objects.values_list("token", flat=True)) == {"1", "2"}


def test_impersonations_are_deleted_with_their_record(alice: User, bob: User) -> None:
    sessions = [impersonate(bob, by=alice)[0] for _ in range(2)]
    for session in sessions:
        ImpersonationView.objects.create(session=session, method="GET", path="/")
    AuthSession.objects.filter(pk=sessions[0].pk).update(ended_at=ago(days=366))

    prune_sessions()

    assert list(AuthSession.objects.all()) == [sessions[1]]
    assert list(ImpersonationView.objects.values_list("session", flat=True)) == [sessions[1].pk]


def test_invitations_are_deleted_some_days_after_their_end(alice: User) -> None:
    times = {
        "accepted long ago": {"accepted_at": ago(days=366), "expires_at": ago(days=360)},
        "expired long ago": {"expires_at": ago(days=366)},
        "accepted": {"accepted_at": ago(days=364), "expires_at": ago(days=370)},
        "expired": {"expires_at": ago(days=364)},
        "pending": {"expires_at": timezone.now()},
    }
    for name, each in times.items():
        Invitation.objects.create(trainer=alice, email=name, code_hash=name, **each)

    prune_invitations()

    kept = set(Invitation.objects.values_list("email", flat=True))
    assert kept == {"accepted", "expired", "pending"}


@pytest.mark.django_db
def test_expired_admin_sessions_are_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("users.services.pruning.BATCH", 2)
    times = {"open": ago(days=-1), "expired": ago(hours=23), **dict.fromkeys("abc", ago(hours=25))}
    for name, time in times.items():
        Session.objects.create(session_key=name, expire_date=time)

    prune_admin()

    assert {each.session_key for each in Session.objects.all()} == {"open", "expired"}


def test_old_entries_of_the_admins_log_are_deleted(alice: User) -> None:
    for days in (729, 731):
        entry = LogEntry.objects.create(user=alice, action_flag=CHANGE, object_repr=str(days))
        LogEntry.objects.filter(pk=entry.pk).update(action_time=ago(days=days))

    prune_admin()

    assert [each.object_repr for each in LogEntry.objects.all()] == ["729"]


def test_expired_exports_are_deleted_with_their_files(alice: User) -> None:
    exports = [DataExport.objects.create(user=alice) for _ in range(4)]
    for each in exports[:2]:
        write_export(export_id=each.pk)
    DataExport.objects.filter(pk=exports[0].pk).update(expires_at=timezone.now())
    DataExport.objects.filter(pk=exports[1].pk).update(created_at=ago(days=2))
    DataExport.objects.filter(pk=exports[3].pk).update(created_at=ago(days=2))  # never written

    prune_exports()

    assert list(DataExport.objects.order_by("pk")) == exports[1:3]
    assert set(DataExportPart.objects.values_list("export", flat=True)) == {exports[1].pk}


@pytest.mark.parametrize(
    ("names", "prune"),
    [
        (("KEEP_SIGN_INS", "KEEP_IMPERSONATIONS"), prune_sessions),
        (("KEEP_ADMIN_SIGN_INS", "KEEP_ADMIN_LOG"), prune_admin),
        (("KEEP_INVITATIONS",), prune_invitations),
    ],
)
def test_zero_days_keep_rows_for_ever(
    alice: User, bob: User, settings: Any, names: tuple[str, ...], prune: Callable[[], None]
) -> None:
    for name in names:
        setattr(settings, name, timedelta(0))
    long_ago = ago(days=9999)
    add_sign_in(bob, ended_at=long_ago)
    impersonate(bob, by=alice)
    AuthSession.objects.update(ended_at=long_ago)
    Invitation.objects.create(trainer=alice, email="e", code_hash="x", expires_at=long_ago)
    Session.objects.create(session_key="x", expire_date=long_ago)
    LogEntry.objects.create(user=alice, action_flag=CHANGE)
    LogEntry.objects.update(action_time=long_ago)

    prune()

    rows = (AuthSession, Invitation, Session, LogEntry)
    assert [each._default_manager.count() for each in rows] == [2, 1, 1, 1]


def test_rows_are_deleted_in_batches(bob: User) -> None:
    for number in range(5):
        DeviceToken.objects.create(user=bob, token=str(number), platform="ios")
    DeviceToken.objects.filter(token="1").update(platform="web")

    with CaptureQueriesContext(connection) as captured:
        delete_in_batches(DeviceToken.objects.filter(platform="ios"), size=2)

    deletions = [each for each in captured if 'FROM "users_devicetoken"' in each["sql"]]
    assert sum(each["sql"].startswith("DELETE") for each in deletions) == 2
    assert [each.token for each in DeviceToken.objects.all()] == ["1"]


def test_every_pruning_runs_by_itself() -> None:
    recurring = {each.name for each in list_kinds() if each.every}

    assert {
        "jobs.prune",
        "notifications.prune",
        "privacy.prune_exports",
        "trainer.prune_invitations",
        "users.prune_admin_sessions",
        "users.prune_sessions",
    } <= recurring
