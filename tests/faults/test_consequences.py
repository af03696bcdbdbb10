"""The judge of notifications, e-mails and jobs, on a correct history and on each kind of violation."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from tests.faults import stories
from tests.faults.answers import Answer
from tests.faults.causes import Invite, Letter, Push, Reset
from tests.faults.consequences import RESET_KIND, judge_consequences, shorten
from tests.faults.history import History
from tests.faults.judge import judge
from tests.faults.mail import Mail
from tests.faults.snapshot import JobRow, Pair, Snapshot
from tests.faults.stories import CONVERSATION, TRAINER

pytestmark = pytest.mark.without_servers

READER, LETTER = 5, 9
GUEST, MEMBER = "guest@example.com", "member@example.com"
INVITATION = Mail(GUEST, "Open this link:\n\nhttps://example.com/join#code=secret\n")
RESET = Mail(MEMBER, "Open this link:\n\nhttps://example.com/reset-password#uid=NQ&token=x-y\n")
ACCEPTED, LOST = Answer(201, {}, 0, 0), Answer(0, None, 0, 0)


def history() -> History:
    """Return a correct history with two notifications and two e-mails."""
    made = stories.history()
    made.letters = [Letter([ACCEPTED], READER, "letter 1")]
    made.invites = [Invite([ACCEPTED], GUEST)]
    made.resets = [Reset([Answer(204, None, 0, 0)], MEMBER)]
    made.pushes = [
        Push(TRAINER, CONVERSATION, "2 new messages", 2, at=10),
        Push(READER, LETTER, "letter 1", 1, at=10),
    ]
    made.mails = [INVITATION, RESET]
    return made


def snapshot(**changes: Any) -> Snapshot:
    """Return the database after this history; the letter is in a separate conversation."""
    before = stories.snapshot()
    letter = replace(stories.row(4, TRAINER, 1), conversation_id=LETTER, content="letter 1")
    made = replace(
        before,
        pairs={**before.pairs, LETTER: Pair(LETTER, TRAINER, READER, 1, 1, letter.id)},
        rows=[*before.rows, letter],
        invitations={GUEST: hashlib.sha256(b"secret").hexdigest()},
        jobs=[*before.jobs, JobRow(RESET_KIND, None, "done", "")],
        notified_users=frozenset({TRAINER, READER}),
    )
    return replace(made, **changes)


def found(story: History, database: Snapshot) -> dict[str, int]:
    return {kind: number for kind, number in judge(story, database).counts.items() if number}


def test_correct_story_is_clean() -> None:
    assert found(history(), snapshot()) == {}


def test_repetition_is_clean() -> None:
    story = history()
    story.pushes *= 2
    story.mails *= 2

    assert found(story, snapshot()) == {}


# Notifications
# ------------------------------------------------------------------------------
@pytest.mark.parametrize("which", [0, 1])
def test_notification_that_never_came_is_not_notified(which: int) -> None:
    story = history()
    del story.pushes[which]

    assert found(story, snapshot()) == {"not_notified": 1}


@pytest.mark.parametrize(
    "change",
    [
        {"at": -1},  # before the newest message was sent
        {"unread_count": 1},
        {"body": "1 new messages"},
        {"body": "text 2"},
    ],
)
def test_notification_without_the_newest_message_is_not_notified(
    change: dict[str, Any],
) -> None:
    story = history()
    story.pushes[0] = replace(story.pushes[0], **change)

    assert found(story, snapshot()) == {"not_notified": 1}


def test_unread_messages_without_a_device_need_no_notification() -> None:
    story = history()
    del story.pushes[0]

    assert found(story, snapshot(notified_users=frozenset({READER}))) == {}


def test_notification_that_counts_messages_read_since_then_is_clean() -> None:
    rows = [replace(row, read_version=5) if row.id == 12 else row for row in snapshot().rows]
    violations: list[tuple[str, str]] = []

    judge_consequences(history(), snapshot(rows=rows), lambda *each: violations.append(each))

    assert violations == []


@pytest.mark.parametrize(
    "change", [{"conversation_id": LETTER}, {"body": "letter 1"}, {"body": "99 new messages"}]
)
def test_notification_of_messages_to_somebody_else_is_shown_to_a_wrong_person(
    change: dict[str, Any],
) -> None:
    story = history()
    story.pushes.append(replace(story.pushes[0], **change))

    assert found(story, snapshot()) == {"wrong_person": 1}


@pytest.mark.parametrize("answers", [[ACCEPTED], [LOST]])
def test_letter_that_is_not_stored_is_lost(answers: list[Answer]) -> None:
    story = history()
    story.letters.append(Letter(answers, READER, "letter 2"))

    assert found(story, snapshot()) == {"lost": 1}


def test_text_is_shortened_to_a_hundred_characters_on_one_line() -> None:
    assert shorten("Two\n lines") == "Two lines"
    assert shorten("x" * 100) == "x" * 100
    assert shorten("x" * 101) == "x" * 99 + "…"


# E-mails
# ------------------------------------------------------------------------------
@pytest.mark.parametrize("which", [INVITATION, RESET])
def test_mail_that_never_came_is_lost(which: Mail) -> None:
    story = history()
    story.mails.remove(which)

    assert found(story, snapshot()) == {"mail_lost": 1}


def test_invitation_with_a_link_that_opens_nothing_is_lost() -> None:
    database = snapshot(invitations={GUEST: hashlib.sha256(b"renewed").hexdigest()})

    assert found(history(), database) == {"mail_lost": 1}


def test_reset_that_was_stored_without_an_answer_must_be_mailed() -> None:
    story = history()
    story.resets.append(Reset([LOST], "other@example.com"))
    stored = [*snapshot().jobs, JobRow(RESET_KIND, None, "done", "")]

    assert found(story, snapshot()) == {}
    assert found(story, snapshot(jobs=stored)) == {"mail_lost": 1}


def test_invitation_that_was_not_stored_must_not_be_mailed() -> None:
    story = history()
    story.invites[0].answers = [LOST]

    assert found(story, snapshot(invitations={})) == {"mail_unexpected": 1}


def test_reset_that_was_not_stored_must_not_be_mailed() -> None:
    story = history()
    story.resets[0].answers = [LOST]

    assert found(story, snapshot(jobs=stories.snapshot().jobs)) == {"mail_unexpected": 1}


def test_invitation_that_was_accepted_and_is_not_stored_is_lost() -> None:
    story = history()
    story.mails.remove(INVITATION)

    assert found(story, snapshot(invitations={})) == {"lost": 1}


# Jobs
# ------------------------------------------------------------------------------
@pytest.mark.parametrize("state", ["waiting", "running", "failed"])
def test_job_that_has_not_ended_with_success_is_unfinished(state: str) -> None:
    jobs = [*snapshot().jobs, JobRow("notifications.deliver", "7:1", state, "HTTP 503")]

    assert found(history(), snapshot(jobs=jobs)) == {"job_unfinished": 1}


def test_recurring_job_that_was_given_up_is_unfinished() -> None:
    jobs = [*snapshot().jobs, JobRow("notifications.sweep", "schedule", "failed", "")]

    assert found(history(), snapshot(jobs=jobs)) == {"job_unfinished": 1}


@pytest.mark.parametrize("times", [0, 2])
def test_recurring_job_that_is_not_scheduled_once_is_unfinished(times: int) -> None:
    sweep, *others = sorted(snapshot().jobs, key=lambda job: job.kind != "notifications.sweep")

    assert found(history(), snapshot(jobs=[sweep] * times + others)) == {"job_unfinished": 1}
