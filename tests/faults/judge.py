"""Compares the responses and frames that clients received with the database."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from tests.faults import consequences
from tests.faults.fates import judge_fates
from tests.faults.gaps import judge_gaps
from tests.faults.history import History, Send
from tests.faults.known import Known
from tests.faults.snapshot import Snapshot
from tests.faults.streams import judge_stream, list_changes
from tests.faults.views import judge_views

KINDS = (
    "lost",
    "doubled",
    "out_of_order",
    "wrong_person",
    "false_read",
    "unread_wrong",
    "inconsistent",
    "deleted_text_seen",
    "edit_lost",
    "photo_lost",
    "photo_shown",
    "file_left",
    "server_error",
    *consequences.KINDS,
)
Report = Callable[[str, str], None]


@dataclass
class Verdict:
    """The violations found, one sentence each, by kind."""

    violations: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def report(self, kind: str, sentence: str) -> None:
        self.violations[kind].append(sentence)

    @property
    def is_clean(self) -> bool:
        return not any(self.violations.values())

    @property
    def counts(self) -> dict[str, int]:
        return {kind: len(found) for kind, found in self.violations.items()}


def judge(history: History, snapshot: Snapshot) -> Verdict:
    """Return all violations of a run."""
    verdict = Verdict()
    for kind, sentence in history.problems:
        verdict.report(kind, sentence)
    for check in (_answers, _database, _order, _reads, _counts, _inboxes):
        check(history, snapshot, verdict.report)
    known = Known(history, snapshot)
    for judge_known in (_streams, judge_gaps, judge_views, judge_fates):
        judge_known(history, known, verdict.report)
    consequences.judge_consequences(history, snapshot, verdict.report)
    return verdict


def _answers(history: History, snapshot: Snapshot, report: Report) -> None:
    """Check that each send was finally accepted, and is stored as exactly one message of its sender."""
    stored = {row.id: row for row in snapshot.rows}
    for send in history.sends:
        if not send.accepted:
            report("lost", f"send {send.client_id} was not accepted after all repairs")
        ids = {answer.body["id"] for answer in send.accepted}
        if len(ids) > 1 or sum(answer.status == 201 for answer in send.accepted) > 1:
            report("doubled", f"send {send.client_id} was accepted as messages {sorted(ids)}")
        for message_id in ids:
            row = stored.get(message_id)
            if row is None:
                report("lost", f"message {message_id} was accepted and is not stored")
            elif _as_sent(send) != (row.client_id, row.conversation_id, row.sender_id):
                report("inconsistent", f"message {message_id} is stored as another one")


def _as_sent(send: Send) -> tuple[str, int, int]:
    return send.client_id, send.conversation_id, send.sender_id


def _database(history: History, snapshot: Snapshot, report: Report) -> None:
    """Check for messages stored twice or never sent, and wrong counters."""
    for (_, content), times in Counter(
        (row.conversation_id, row.content) for row in snapshot.rows if row.content
    ).items():
        if times > 1:
            report("doubled", f"{content[:60]!r} is stored {times} times")
    client_ids = {send.client_id for send in history.sends}
    letters = {letter.content for letter in history.letters}
    for pair in snapshot.pairs.values():
        rows = snapshot.rows_of(pair.id)
        last = rows[-1].id if rows else None
        if (pair.message_count, pair.last_message_id) != (len(rows), last):
            report("inconsistent", f"the counters of conversation {pair.id} are wrong")
        for row in rows:
            if row.client_id and row.client_id not in client_ids and row.content not in letters:
                report("inconsistent", f"nobody sent message {row.id}")


def _order(history: History, snapshot: Snapshot, report: Report) -> None:
    """
    Check that a person's messages are stored in the order in which they were sent.

    Each message was sent after the response to the previous one.
    """
    place = {row.client_id: row for row in snapshot.rows}
    for sends in _by_sender(history).values():
        rows = [place[send.client_id] for send in sends if send.client_id in place]
        for earlier, later in pairwise(rows):
            if later.id < earlier.id or later.created_version < earlier.created_version:
                report("out_of_order", f"message {later.id} is stored before {earlier.id}")


def _by_sender(history: History) -> dict[tuple[int, int], list[Send]]:
    found = defaultdict(list)
    for send in sorted(history.sends, key=lambda each: each.number):
        found[send.conversation_id, send.sender_id].append(send)
    return found


def _reads(history: History, snapshot: Snapshot, report: Report) -> None:
    """Check that a message is read only if its recipient's client asked to mark it as read."""
    for row in snapshot.rows:
        if not row.was_read:
            continue
        reader = snapshot.pairs[row.conversation_id].other(row.sender_id)
        if row.id > history.asked_to_read.get((reader, row.conversation_id), 0):
            report("false_read", f"message {row.id} is read without a request of user {reader}")


def _counts(history: History, snapshot: Snapshot, report: Report) -> None:
    for told in history.counts:
        actual = snapshot.count_unread(told.user_id, told.conversation_id)
        if told.unread != actual:
            report(
                "unread_wrong",
                f"{told.where} gave user {told.user_id} {told.unread} unread, not {actual}",
            )


def _inboxes(history: History, snapshot: Snapshot, report: Report) -> None:
    """Check the final badge that each inbox socket received, and the conversations that it received."""
    for inbox in history.inboxes:
        actual = snapshot.count_unread(inbox.user_id)
        if inbox.unread_count != actual:
            report(
                "unread_wrong",
                f"the inbox gave user {inbox.user_id} {inbox.unread_count} unread, not {actual}",
            )
        for pk, told in inbox.conversations.items():
            pair = snapshot.pairs.get(pk)
            if pair is None or inbox.user_id not in (pair.trainer_id, pair.trainee_id):
                report("wrong_person", f"user {inbox.user_id} got conversation {pk}")
            elif told["version"] != pair.version:
                report("lost", f"the inbox of user {inbox.user_id} is at version {told['version']}")
            elif told["unread_count"] != snapshot.count_unread(inbox.user_id, pk):
                report("unread_wrong", f"the inbox of user {inbox.user_id}, conversation {pk}")


def _streams(history: History, known: Known, report: Report) -> None:
    snapshot = known.snapshot
    changes = {pk: list_changes(snapshot.rows_of(pk), pair) for pk, pair in snapshot.pairs.items()}
    for stream in history.streams:
        judge_stream(stream, changes[stream.conversation_id], known, report)
