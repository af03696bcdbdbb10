"""
Faults of earlier products, each with the test that would detect it here.

no test ever started the server
    test_lessons::test_server_starts_and_both_sockets_open
a message sent while Redis was down got a 500, and was stored twice
    test_redis_away::test_message_sent_while_redis_is_down_is_stored_once
last_message_at was older than the newest message
    test_parallel::test_eight_parallel_senders_leave_the_newest_message_as_the_last
several responses for one conversation had is_new_conversation: true
    test_parallel::test_parallel_first_messages_open_one_conversation
deleting an account deleted its messages
    test_lessons::test_deleted_account_leaves_its_messages_and_no_null
a removed trainee could still read the conversation by its id
    test_row_level_security::test_rest_refuses_whatever_a_socket_refuses
sockets stayed open after a trainee's removal
    test_access_ends::test_removal_closes_both_sides_and_updates_their_inboxes
sockets stayed open after their token expired
    test_access_ends::test_expired_session_and_expired_token_close_open_sockets
sockets stayed open after a user's deactivation
    test_access_ends::test_deactivation_closes_every_socket
an impersonator's reading marked messages as read
    test_read_receipts::test_read_of_an_impersonator_is_refused_and_marks_nothing
an impersonator's typing was shown as the impersonated user's
    test_typing::test_typing_of_an_impersonator_is_refused
tokens of an ended impersonation stayed valid
    test_lessons::test_ended_impersonation_revokes_its_tokens_and_refreshed_ones
refreshing the tokens prolonged an impersonation
    test_lessons::test_refreshing_does_not_prolong_an_impersonation
browsers saw every refused handshake as close code 1006
    test_handshake::test_invalid_token_closes_with_4001
a malformed frame closed the socket
    test_frames::test_invalid_frame_gets_an_error_and_the_conversation_stays_open
typing frames had no limit
    test_typing::test_typing_ten_thousand_times_does_not_arrive_ten_thousand_times
404 and 403 revealed which ids exist
    test_lessons::test_responses_do_not_reveal_which_conversations_exist
any read receipt changed every tick
    test_read_receipts::test_read_over_the_socket_sends_a_different_frame_to_each_side
a user's own action changed a tick
    test_lessons::test_own_messages_cannot_be_marked_as_read
newest-first pages were shown upside down
    test_contract::test_whole_contract_as_one_story
pages shifted while messages arrived
    test_lessons::test_pages_by_key_are_stable_while_messages_arrive
one push token belonged to two users
    test_lessons::test_push_token_belongs_to_the_last_user_who_registered_it
messages were missed after a reconnect
    test_replay::test_connecting_while_others_send_leaves_no_gap_and_no_repeat
a retry stored a duplicate
    test_parallel::test_parallel_retries_store_one_message
an unread badge did not go away
    test_inbox::test_reading_on_one_device_clears_the_badge_on_the_others
catching up by timestamps missed rows
    test_replay::test_since_sends_missed_changes_in_order_then_events
messages were ordered by the phone's clock
    test_lessons::test_order_does_not_depend_on_the_clocks_of_clients
a message was announced before it was saved
    test_delivery::test_message_can_be_read_as_soon_as_it_is_announced
events were lost without any error
    test_reconciler::test_lost_messages_are_found_by_the_reconciler_in_order_and_once
a socket that was idle for a minute was closed
    test_idle::test_idle_socket_works_after_a_minute
"""

import importlib
import re

import pytest

from messaging.models import Conversation
from notifications.models import DeviceToken
from tests.factories import impersonate, write
from tests.system.conftest import Join
from tests.system.contract.shapes import NOT_FOUND
from tests.system.people import Person
from tests.system.server import WebServer
from users.models import AuthSession, User
from users.tokens import TokenPair, read_access_token

PLACES = re.findall(r"^    (\w+::\w+)$", __doc__ or "", re.MULTILINE)


@pytest.mark.parametrize("place", PLACES)
def test_each_lesson_names_an_existing_test(place: str) -> None:
    module, name = place.split("::")

    assert callable(getattr(importlib.import_module(f"tests.system.{module}"), name))


def test_server_starts_and_both_sockets_open(
    here: Join, there: Join, bob: User, conversation: Conversation
) -> None:
    for guest in (here(bob), there(bob)):
        assert guest.knock(conversation.pk).outcome() == "open"
        assert guest.knock().outcome() == "open"


def test_deleted_account_leaves_its_messages_and_no_null(
    here: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    write(bob, conversation, "From Bob")
    bob.delete()

    (entry,) = here(alice).conversations()
    newest, oldest = here(alice).messages(conversation.pk).json()["results"]

    gone = {"id": 0, "first_name": "[removed]", "last_name": "", "profile_image": None}
    assert entry["trainee"] == {**gone, "email": ""}
    assert (newest["sender"], newest["content"]) == (gone, "From Bob")
    assert oldest["sender"]["id"] == alice.pk


def test_ended_impersonation_revokes_its_tokens_and_refreshed_ones(
    here: Join, server: WebServer, alice: User, bob: User
) -> None:
    tokens = impersonate(bob, by=alice)[1]
    body = here(alice).post("auth/jwt/refresh/", refresh=tokens.refresh).json()
    eyes = [Person(server, each) for each in (tokens, TokenPair(**body))]
    assert [each.get("auth/users/me/").status_code for each in eyes] == [200, 200]

    here(alice).post("trainer/impersonate/end/")

    assert [each.get("auth/users/me/").status_code for each in eyes] == [401, 401]
    refreshing = [each.post("auth/jwt/refresh/", refresh=each.refresh) for each in eyes]
    assert [each.status_code for each in refreshing] == [401, 401]


def test_refreshing_does_not_prolong_an_impersonation(here: Join, alice: User, bob: User) -> None:
    session, tokens = impersonate(bob, by=alice)
    AuthSession.objects.filter(pk=session.pk).update(expires_at=(ends := session.created_at))
    ended = here(alice).post("auth/jwt/refresh/", refresh=tokens.refresh)

    session, tokens = impersonate(bob, by=alice)
    body = here(alice).post("auth/jwt/refresh/", refresh=tokens.refresh).json()

    assert (ended.status_code, ends < session.expires_at) == (401, True)
    claims = read_access_token(body["access"])
    assert (claims.session_id, claims.impersonating) == (session.pk, True)
    assert AuthSession.objects.get(pk=session.pk).expires_at == session.expires_at


def test_responses_do_not_reveal_which_conversations_exist(
    here: Join, dora: User, conversation: Conversation
) -> None:
    stranger = here(dora)
    numbers = (conversation.pk, conversation.pk + 1000)

    answers = [
        (answer.status_code, answer.json())
        for pk in numbers
        for answer in (stranger.messages(pk), stranger.send(pk, "Hi"), stranger.read(pk))
    ]

    assert answers == [(404, NOT_FOUND)] * 6


def test_own_messages_cannot_be_marked_as_read(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    with here(alice).socket(conversation.pk) as hers:
        hers.send(type="read", up_to=conversation.last_message_id)
        hers.ping()

    marked = here(alice).read(conversation.pk).json()["messages_marked"]

    (message,) = there(bob).messages(conversation.pk).json()["results"]
    assert (marked, message["is_read"], message["read_at"]) == (0, False, None)


def test_pages_by_key_are_stable_while_messages_arrive(
    here: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    write(alice, conversation, *"bcdef")
    reader, seen = here(bob), []
    before = 2**62
    for number in range(3):
        page = reader.messages(conversation.pk, before=before, limit=2).json()["results"]
        seen += [each["content"] for each in page]
        before = page[-1]["id"]

        here(alice).send(conversation.pk, f"Meanwhile {number}")

    assert seen == ["f", "e", "d", "c", "b", "Hello"]


def test_push_token_belongs_to_the_last_user_who_registered_it(
    here: Join, alice: User, bob: User
) -> None:
    device = {"token": "one-phone", "platform": "android"}

    statuses = [
        here(user).post("users/device-token/", **device).status_code for user in (alice, bob)
    ]

    assert statuses == [201, 200]
    assert [each.user for each in DeviceToken.objects.all()] == [bob]


def test_order_does_not_depend_on_the_clocks_of_clients(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    late = here(alice).send(conversation.pk, "First", created_at="2099-01-01T00:00:00Z").json()
    early = there(bob).send(conversation.pk, "Second", created_at="1999-01-01T00:00:00Z").json()

    results = here(bob).messages(conversation.pk).json()["results"]

    assert results[:2] == [early, late]
    assert late["created_at"] <= early["created_at"] < "2099"
