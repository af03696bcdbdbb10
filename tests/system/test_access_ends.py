"""Every end of a user's access closes their sockets, with and without an event."""

from datetime import timedelta

import pytest

from messaging.models import Conversation
from tests.factories import (
    PASSWORD,
    impersonate,
    make_person,
    make_trainee,
    make_trainer,
    open_conversation,
)
from tests.system.conftest import Join
from tests.system.people import Person
from tests.system.server import WebServer
from tests.system.tokens import make_token
from tests.users.ends import ENDS, End
from trainer.services.trainees import remove_trainee
from users.models import AuthSession, User
from users.services.accounts import deactivate_user
from users.tokens import TokenPair


def test_sign_out_closes_the_sockets_of_its_session_only(
    here: Join, there: Join, bob: User, conversation: Conversation
) -> None:
    phone, desk = there(bob), there(bob)
    with (
        phone.socket(conversation.pk) as thread,
        phone.inbox() as inbox,
        desk.socket(conversation.pk) as other,
    ):
        here(bob).post("auth/jwt/blacklist/", refresh=phone.refresh)

        assert (thread.close_code(), inbox.close_code()) == (4001, 4001)
        assert other.ping() == [{"type": "pong", "version": 1}]


def test_password_change_closes_the_sockets_of_all_other_sessions(
    real_passwords: None, here: Join, there: Join
) -> None:
    alice = make_trainer("alice")
    conversation = open_conversation(alice, make_trainee("bob", alice))
    phone = here(alice)
    with there(alice).socket(conversation.pk) as thief, phone.socket(conversation.pk) as own:
        change = {"current_password": PASSWORD, "new_password": "a-brand-new-secret-9"}
        assert phone.post("auth/users/set_password/", **change).status_code == 204

        assert thief.close_code() == 4001
        assert own.ping() == [{"type": "pong", "version": 1}]


def test_end_of_an_impersonation_closes_its_sockets(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    look = here(alice).post(f"trainer/impersonate/{bob.pk}/start/").json()
    looking = Person(there(bob).server, TokenPair(look["access"], look["refresh"]))
    with (
        looking.socket(conversation.pk) as thread,
        looking.inbox() as inbox,
        there(bob).socket(conversation.pk) as his,
    ):
        here(alice).post("trainer/impersonate/end/")

        assert (thread.close_code(), inbox.close_code()) == (4001, 4001)
        assert his.ping() == [{"type": "pong", "version": 1}]
    assert looking.post("auth/jwt/refresh/", refresh=looking.refresh).status_code == 401


def test_removal_closes_both_sides_and_updates_their_inboxes(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    with (
        there(alice).socket(conversation.pk) as hers,
        there(bob).socket(conversation.pk) as his,
        there(alice).inbox() as her_inbox,
        there(bob).inbox() as his_inbox,
    ):
        here(alice).post(f"trainer/trainees/{bob.pk}/remove/").raise_for_status()

        assert (hers.close_code(), his.close_code()) == (4003, 4003)
        (listed,) = here(alice).conversations(archived="true")
        archived = her_inbox.receive()
        assert archived == {"type": "conversation_updated", "conversation": listed}
        assert (listed["is_archived"], listed["last_message_preview"]) == (True, "Hello")
        without = {**listed, "last_message_preview": None, "last_message_kind": None}
        assert his_inbox.receive() == {"type": "conversation_updated", "conversation": without}
        assert his_inbox.receive() == {"type": "unread_count", "unread_count": 0}


def test_trainee_who_returns_gets_the_reopened_conversation(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    remove_trainee(trainer=alice, trainee_id=bob.pk)
    User.objects.filter(pk=bob.pk).update(parent_trainer=alice)
    his = there(bob)
    with his.inbox() as inbox:
        start = {"trainee_id": bob.pk, "content": "Welcome back"}
        started = here(alice).post("messaging/conversations/start/", **start).json()

        updated, count = inbox.receive_until("unread_count")
        (listed,) = his.conversations()
        assert (started["conversation_id"], started["is_new_conversation"]) == (listed["id"], False)
        assert updated == {"type": "conversation_updated", "conversation": listed}
        assert (listed["id"], listed["is_archived"]) == (conversation.pk, False)
        assert count == {"type": "unread_count", "unread_count": 2}
        assert his.knock(conversation.pk).outcome() == "open"


# Changes without an event, which the reconciler finds
# ------------------------------------------------------------------------------
def test_removal_without_an_event_closes_both_sides(
    deaf: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    with (
        deaf(alice).socket(conversation.pk) as hers,
        deaf(bob).socket(conversation.pk) as his,
        deaf(bob).inbox() as inbox,
    ):
        remove_trainee(trainer=alice, trainee_id=bob.pk)

        assert (hers.close_code(), his.close_code()) == (4003, 4003)
        updated, count = inbox.receive_until("unread_count")
        assert updated["conversation"]["is_archived"] is True
        assert count == {"type": "unread_count", "unread_count": 0}


def test_deactivation_closes_every_socket(
    deaf: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    with (
        deaf(bob).socket(conversation.pk) as thread,
        deaf(bob).inbox() as inbox,
        deaf(alice).socket(conversation.pk) as hers,
    ):
        deactivate_user(user=bob)

        assert (thread.close_code(), inbox.close_code()) == (4001, 4001)
        assert hers.ping() == [{"type": "pong", "version": 1}]


def test_deactivation_by_sql_closes_every_socket(
    deaf: Join, bob: User, conversation: Conversation
) -> None:
    with deaf(bob).socket(conversation.pk) as thread, deaf(bob).inbox() as inbox:
        User.objects.filter(pk=bob.pk).update(is_active=False)

        assert (thread.close_code(), inbox.close_code()) == (4001, 4001)


@pytest.mark.parametrize("end", ENDS)
def test_end_of_access_by_any_path_closes_own_and_impersonating_sockets(
    deaf_server: WebServer, deaf: Join, alice: User, end: End
) -> None:
    root = make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True)
    looking = Person(deaf_server, impersonate(alice, by=root)[1])
    with deaf(root).inbox() as own, looking.inbox() as look, deaf(alice).inbox() as hers:
        end(User.objects.get(pk=root.pk))

        assert (own.close_code(), look.close_code()) == (4001, 4001)
        assert hers.ping() == [{"type": "pong"}]


def test_role_change_of_the_impersonated_user_closes_the_socket(
    deaf_server: WebServer, deaf: Join, alice: User, bob: User
) -> None:
    looking = Person(deaf_server, impersonate(bob, by=alice)[1])
    with looking.inbox() as inbox, deaf(alice).inbox() as hers:
        User.objects.filter(pk=bob.pk).update(role=User.Role.ADMIN, parent_trainer=None)

        assert inbox.close_code() == 4001
        assert hers.ping() == [{"type": "pong"}]


def test_deactivation_of_an_impersonator_closes_only_their_sockets(
    deaf_server: WebServer, deaf: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    looking = Person(deaf_server, impersonate(bob, by=alice)[1])
    with looking.inbox() as inbox, deaf(bob).inbox() as his:
        User.objects.filter(pk=alice.pk).update(is_active=False)

        assert inbox.close_code() == 4001
        assert his.ping() == [{"type": "pong"}]


def test_expired_session_and_expired_token_close_open_sockets(
    deaf_server: WebServer, deaf: Join, bob: User, conversation: Conversation
) -> None:
    short = Person(deaf_server, TokenPair(make_token(bob, timedelta(seconds=2)), ""))
    with short.socket(conversation.pk) as thread, short.inbox() as inbox:
        assert (thread.close_code(), inbox.close_code()) == (4001, 4001)

    with deaf(bob).socket(conversation.pk) as thread:
        AuthSession.objects.filter(user=bob).update(expires_at=bob.created_at)

        assert thread.close_code() == 4001


def test_deleted_account_closes_its_sockets_and_leaves_a_placeholder(
    deaf: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    hers = deaf(alice)
    with (
        deaf(bob).inbox() as gone,
        hers.inbox() as inbox,
        hers.socket(conversation.pk) as thread,
    ):
        bob.delete()

        assert gone.close_code() == 4001
        assert inbox.receive() == {
            "type": "conversation_updated",
            "conversation": hers.conversations()[0],
        }
        assert hers.conversations()[0]["trainee"] == {
            "id": 0,
            "first_name": "[removed]",
            "last_name": "",
            "profile_image": None,
            "email": "",
        }
        assert thread.ping() == [{"type": "pong", "version": 2}]
