"""The reconciler's queries return only the rows that differ from what a client knows."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from messaging.models import Conversation
from messaging.selectors import (
    InboxChecksum,
    get_inbox_versions,
    list_differing_checksums,
    list_newer,
)
from tests.factories import impersonate, make_trainee, open_conversation, write
from tests.messaging.crowd import make_crowd
from trainer.services.trainees import remove_trainee
from users.models import AuthSession, User
from users.selectors import list_ended
from users.services.sessions import begin_session

MISSING = 999_999


def session_of(user: User) -> AuthSession:
    begin_session(user=user)
    return AuthSession.objects.filter(user=user).latest("pk")


# Access
# ------------------------------------------------------------------------------
def test_active_sessions_are_not_ended(alice: User, bob: User) -> None:
    hers, look = session_of(alice), impersonate(bob, by=alice)[0]

    ended = list_ended([1, 2], [alice.pk, bob.pk], [hers.pk, look.pk])

    assert ended == set()


def end_now(session: AuthSession) -> None:
    AuthSession.objects.filter(pk=session.pk).update(ended_at=timezone.now())


def expire(session: AuthSession) -> None:
    AuthSession.objects.filter(pk=session.pk).update(expires_at=timezone.now())


def deactivate(session: AuthSession) -> None:
    User.objects.filter(auth_sessions=session).update(is_active=False)


def delete_user(session: AuthSession) -> None:
    assert session.user
    session.user.delete()


@pytest.mark.parametrize("end", [end_now, expire, deactivate, delete_user])
def test_ended_session_is_reported_and_another_users_is_not(
    alice: User, bob: User, end: Callable[[AuthSession], None]
) -> None:
    his, hers = session_of(bob), session_of(alice)
    bob_id = bob.pk

    end(his)

    assert list_ended([7, 8], [bob_id, alice.pk], [his.pk, hers.pk]) == {7}


def test_impersonation_ends_when_the_impersonator_is_deactivated(alice: User, bob: User) -> None:
    look, his = impersonate(bob, by=alice)[0], session_of(bob)

    User.objects.filter(pk=alice.pk).update(is_active=False)

    assert list_ended([7, 8], [bob.pk, bob.pk], [look.pk, his.pk]) == {7}


def test_foreign_and_unknown_sessions_are_ended(alice: User, bob: User) -> None:
    hers = session_of(alice)

    people, sessions = [bob.pk, alice.pk, alice.pk], [hers.pk, MISSING, 0]
    assert list_ended([7, 8, 9], people, sessions) == {7, 8, 9}


# Conversations
# ------------------------------------------------------------------------------
def test_conversation_with_a_newer_version_is_returned(
    alice: User, bob: User, conversation: Conversation
) -> None:
    write(alice, conversation, "Second")
    same = [conversation.pk] * 3

    assert list_newer([7, 8, 9], [bob.pk] * 3, same, [1, 2, 3]) == {7: 2}


def test_conversation_without_access_has_no_version(
    alice: User, bob: User, charlie: User, conversation: Conversation
) -> None:
    pk = conversation.pk
    assert list_newer([7, 8], [charlie.pk, bob.pk], [pk, MISSING], [1, 1]) == {7: None, 8: None}

    remove_trainee(trainer=alice, trainee_id=bob.pk)

    assert list_newer([7, 8], [alice.pk, bob.pk], [pk, pk], [1, 1]) == {7: None, 8: None}


# Inboxes
# ------------------------------------------------------------------------------
def test_different_sum_is_returned(alice: User, bob: User, conversation: Conversation) -> None:
    carol = make_trainee("carol", alice)
    other = open_conversation(alice, carol)
    write(carol, other, "Second")
    people, both = [alice.pk, bob.pk, carol.pk], conversation.pk + other.pk
    ids = [both, conversation.pk, other.pk]

    assert list_differing_checksums([7, 8, 9], people, [2, 1, 1], ids, [3, 1, 2]) == {}
    assert list_differing_checksums([7, 8, 9], people, [1, 1, 1], ids, [1, 1, 1]) == {
        7: InboxChecksum(2, both, 3),
        9: InboxChecksum(1, other.pk, 2),
    }


def test_sum_differs_if_one_conversation_replaces_another(
    alice: User, bob: User, conversation: Conversation
) -> None:
    known = InboxChecksum.from_versions(get_inbox_versions(alice))
    carol = make_trainee("carol", alice)

    remove_trainee(trainer=alice, trainee_id=bob.pk)
    other = open_conversation(alice, carol)

    columns = [[number] for number in known]
    assert list_differing_checksums([7], [alice.pk], *columns) == {7: InboxChecksum(1, other.pk, 1)}


def test_sum_omits_archived_conversations(
    alice: User, bob: User, conversation: Conversation
) -> None:
    remove_trainee(trainer=alice, trainee_id=bob.pk)

    people, counts, ids = [alice.pk, bob.pk], [0, 1], [0, conversation.pk]
    assert list_differing_checksums([7, 8], people, counts, ids, counts) == {
        8: InboxChecksum(0, 0, 0)
    }


def test_each_check_is_one_query_for_1_and_for_30(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    everybody = make_crowd(alice, 30, messages=1)
    for conversations in (everybody[:1], everybody):
        ids = [each.pk for each in conversations]
        people, ones = [each.trainee_id or 0 for each in conversations], [1] * len(ids)
        sessions = [session_of(each.trainee).pk for each in conversations if each.trainee]

        with django_assert_num_queries(3):
            assert list_ended(ids, people, sessions) == set()
            assert list_newer(ids, people, ids, ones) == {}
            assert list_differing_checksums(ids, people, ones, ids, ones) == {}
