from typing import Any

from messaging.models import Conversation
from tests.factories import make_trainee, open_conversation
from tests.system.conftest import Join
from users.models import User


def participant(user: User) -> dict[str, Any]:
    return {
        "id": user.pk,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "profile_image": None,
        "email": user.email,
    }


def badge(count: int) -> dict[str, Any]:
    return {"type": "unread_count", "unread_count": count}


def test_inbox_begins_with_the_badge(
    here: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    with here(bob).knock() as his, here(alice).knock() as hers:
        assert his.ping() == [badge(1), {"type": "pong"}]
        assert hers.ping() == [badge(0), {"type": "pong"}]


def test_message_updates_the_lists_of_both_sides_and_the_badge_of_one(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    with there(alice).inbox() as hers, there(bob).inbox() as his:
        sent = here(alice).send(conversation.pk, "Second\n" + "x" * 200).json()

        entry = {
            "id": conversation.pk,
            "trainer": participant(alice),
            "trainee": participant(bob),
            "last_message_at": sent["created_at"],
            "last_message_preview": "Second\n" + "x" * 93,
            "last_message_kind": "text",
            "unread_count": 0,
            "is_archived": False,
            "archived_reason": None,
            "created_at": conversation.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "version": 2,
            "deleted_version": 0,
        }
        unread = {**entry, "unread_count": 2}
        assert hers.receive() == {"type": "conversation_updated", "conversation": entry}
        assert his.receive() == {"type": "conversation_updated", "conversation": unread}
        assert his.receive() == badge(2)
        assert hers.ping() == his.ping() == [{"type": "pong"}]


def test_reading_on_one_device_clears_the_badge_on_the_others(
    here: Join, there: Join, bob: User, conversation: Conversation
) -> None:
    with there(bob).inbox() as desk, here(bob).inbox() as tablet:
        here(bob).read(conversation.pk)

        for device in (desk, tablet):
            updated, count = device.receive_until("unread_count")
            assert updated["conversation"]["unread_count"] == 0
            assert count == badge(0)


def test_reading_over_a_socket_clears_the_badge(
    here: Join, there: Join, bob: User, conversation: Conversation
) -> None:
    with there(bob).inbox() as inbox, here(bob).socket(conversation.pk) as thread:
        thread.send(type="read")

        assert inbox.receive_until("unread_count")[-1] == badge(0)


def test_stranger_gets_only_their_own_events(
    here: Join, there: Join, alice: User, bob: User, charlie: User, dora: User
) -> None:
    theirs, others = open_conversation(alice, bob), open_conversation(dora, charlie)
    with there(charlie).inbox() as his, there(dora).inbox() as hers:
        here(alice).send(theirs.pk, "Not for them")
        here(bob).read(theirs.pk)

        here(dora).send(others.pk, "For Charlie")

        assert his.receive()["conversation"]["last_message_preview"] == "For Charlie"
        assert hers.receive()["conversation"]["last_message_preview"] == "For Charlie"


def test_many_changes_at_once_end_in_the_right_state(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    with there(bob).inbox() as inbox:
        for number in range(20):
            here(alice).send(conversation.pk, f"Number {number}")

        counts: list[int] = []
        updated: dict[str, Any] = {}
        # The count is read after the conversation, so it can include a message that a later frame shows.
        while counts[-1:] != [21] or updated["conversation"]["unread_count"] != 21:
            if (frame := inbox.receive())["type"] == "unread_count":
                counts.append(frame["unread_count"])
            else:
                updated = frame

        assert counts == sorted(set(counts))
        assert updated["conversation"] == here(bob).conversations()[0]
        # An event that arrives while the state is read causes the same state to be sent again.
        assert all(frame == updated for frame in inbox.ping()[:-1])


def test_badge_counts_all_conversations_together(
    here: Join, there: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    second = open_conversation(alice, erik := make_trainee("erik", alice))
    with there(alice).inbox() as inbox:
        here(bob).send(conversation.pk, "From Bob")
        assert inbox.receive_until("unread_count")[-1] == badge(1)

        here(erik).send(second.pk, "From Erik")

        updated, count = inbox.receive_until("unread_count")
        assert updated["conversation"]["trainee"] == participant(erik)
        assert count == badge(2)


def test_first_message_puts_the_conversation_into_the_inbox(
    here: Join, there: Join, alice: User, bob: User
) -> None:
    his = there(bob)
    with his.inbox() as inbox:
        here(alice).post("messaging/conversations/start/", trainee_id=bob.pk, content="Hello")

        updated, count = inbox.receive_until("unread_count")

        assert [updated["conversation"]] == his.conversations()
        assert count == badge(1)
