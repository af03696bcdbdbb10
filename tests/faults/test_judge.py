"""The judge, on histories written by hand: a correct one, and each kind of violation."""

from dataclasses import replace
from typing import Any

import pytest

from tests.faults.answers import Answer
from tests.faults.history import History
from tests.faults.judge import judge
from tests.faults.snapshot import Snapshot
from tests.faults.stories import (
    CONVERSATION,
    ROWS,
    STRANGER,
    TRAINEE,
    TRAINER,
    accepted,
    history,
    marked,
    snapshot,
    written,
)

pytestmark = pytest.mark.without_servers


def found(history: History, snapshot: Snapshot) -> dict[str, int]:
    """Return the number of violations that the judge finds, by kind; kinds without any are left out."""
    return {kind: number for kind, number in judge(history, snapshot).counts.items() if number}


def test_clean_history_is_clean() -> None:
    verdict = judge(history(), snapshot())

    assert verdict.is_clean
    assert set(verdict.counts.values()) == {0}


def test_accepted_message_that_is_not_stored_is_lost() -> None:
    story = history()
    story.sends[0].answers[0].body["id"] = 99

    assert found(story, snapshot()) == {"lost": 1}


def test_send_that_was_never_accepted_is_lost() -> None:
    story = history()
    story.sends[0].answers.clear()

    assert found(story, snapshot()) == {"lost": 1}


def test_frame_that_was_not_received_is_lost() -> None:
    story = history()
    del story.streams[0].frames[1]

    assert found(story, snapshot()) == {"lost": 1}


def test_frame_received_twice_is_doubled() -> None:
    story = history()
    story.streams[1].take(written(ROWS[2]))

    assert found(story, snapshot()) == {"doubled": 1}


def test_message_that_is_stored_twice_is_doubled() -> None:
    again = replace(ROWS[2], id=14, version=5, created_version=5, client_id=None)
    story = history()
    for stream in story.streams:
        stream.take(written(again))
    story.inboxes.clear()
    story.counts.clear()

    database = snapshot([*ROWS, again], version=5, message_count=4, last_message_id=14)
    assert found(story, database) == {"doubled": 1}


def test_second_201_for_one_send_is_doubled() -> None:
    story = history()
    story.sends[0].answers.append(accepted(ROWS[0]))

    assert found(story, snapshot()) == {"doubled": 1}


def test_repeated_send_that_gets_200_is_clean() -> None:
    story = history()
    story.sends[0].answers.append(accepted(ROWS[0], status=200))

    assert found(story, snapshot()) == {}


def test_frame_received_late_is_out_of_order() -> None:
    story = history()
    frames = story.streams[0].frames
    frames[2], frames[3] = frames[3], frames[2]

    assert found(story, snapshot()) == {"out_of_order": 1}


def test_messages_stored_in_another_order_than_sent_are_out_of_order() -> None:
    story = history()
    story.sends[1].number, story.sends[2].number = 2, 1

    assert found(story, snapshot()) == {"out_of_order": 1}


def test_message_of_another_conversation_is_shown_to_a_wrong_person() -> None:
    story = history()
    frame = written(replace(ROWS[2], conversation_id=8, created_version=5))
    story.streams[0].take(frame)

    assert found(story, snapshot()) == {"wrong_person": 1}


def test_inbox_with_somebody_elses_conversation_is_shown_to_a_wrong_person() -> None:
    story = history()
    story.inboxes[0].user_id, story.inboxes[0].unread_count = STRANGER, 0

    assert found(story, snapshot()) == {"wrong_person": 1}


def test_message_read_without_a_request_is_a_false_read() -> None:
    story = history()
    story.asked_to_read = {(TRAINEE, CONVERSATION): 10, (TRAINER, CONVERSATION): 99}

    assert found(story, snapshot()) == {"false_read": 1}


@pytest.mark.parametrize("change", [{"up_to": 13}, {"reader_id": TRAINER}])
def test_receipt_with_other_content_is_a_false_read(change: dict[str, Any]) -> None:
    story = history()
    story.streams[0].frames[1] |= change

    assert found(story, snapshot()) == {"false_read": 1}


def test_receipt_to_the_reader_is_a_false_read() -> None:
    story = history()
    story.streams[1].frames[1] = marked(TRAINER)

    assert found(story, snapshot()) == {"false_read": 1}


def test_wrong_badge_is_unread_wrong() -> None:
    story = history()
    story.counts[0] = replace(story.counts[0], unread=3)
    story.inboxes[0].unread_count = 1

    assert found(story, snapshot()) == {"unread_wrong": 2}


def test_inbox_at_an_old_version_is_lost() -> None:
    story = history()
    story.inboxes[0].conversations[CONVERSATION]["version"] = 3

    assert found(story, snapshot()) == {"lost": 1}


@pytest.mark.parametrize("change", [{"version": 5}, {"message_count": 2}, {"last_message_id": 12}])
def test_database_that_disagrees_with_itself_is_inconsistent(change: dict[str, int]) -> None:
    story = history()
    story.inboxes.clear()

    assert found(story, snapshot(**change)) == {"inconsistent": 1}


def test_frame_with_other_content_is_inconsistent() -> None:
    story = history()
    story.streams[0].frames[0]["message"] |= {"content": "something else"}

    # Once for the frame, and once for the thread that the device showed at the end.
    assert found(story, snapshot()) == {"inconsistent": 2}


@pytest.mark.parametrize("status", [401, 404, 429, 500, 502])
def test_unexpected_status_is_a_server_error(status: int) -> None:
    story = history()
    story.check_answer("send", Answer(status, {}, 0, 0))

    assert found(story, snapshot()) == {"server_error": 1}


def test_503_is_right_only_with_its_code_and_retry_after() -> None:
    body, headers = {"code": "temporarily_unavailable"}, {"retry-after": "2"}
    story = history()
    story.check_answer("send", Answer(503, body, 0, 0, headers))
    story.check_answer("send", Answer(503, body, 0, 0))
    story.check_answer("send", Answer(503, "<html>", 0, 0, headers))

    assert found(story, snapshot()) == {"server_error": 2}
