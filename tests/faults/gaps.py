"""Judges versions without a trace in the database: a later change of the same message must explain each."""

from collections.abc import Callable

from tests.faults.changes import DELETE, EDIT, NO_ANSWER
from tests.faults.history import ABOUT_A_MESSAGE, History, version_of
from tests.faults.known import Known
from tests.faults.snapshot import Pair
from tests.faults.streams import Change, Marked, Written, list_changes, message_id_of

Report = Callable[[str, str], None]


def judge_gaps(history: History, known: Known, report: Report) -> None:
    """
    Check the versions of each conversation.

    Edits overwrite each other. So a version may be missing, but no more than people's changes explain, and
    not if a device has seen it as a change that nothing has overwritten.
    """
    for pair in known.snapshot.pairs.values():
        changes = list_changes(known.snapshot.rows_of(pair.id), pair)
        versions = set(range(1, pair.version + 1))
        if changes.keys() - versions:
            report("inconsistent", f"conversation {pair.id} has changes after its version")
        taken = pair.version - sum(isinstance(each, Written | Marked) for each in changes.values())
        if versions - changes.keys() and taken > _count_changes(pair, history, known):
            report("inconsistent", f"the versions of conversation {pair.id} have gaps")
        _judge_seen(pair, changes, history, known, report)


def _count_changes(pair: Pair, history: History, known: Known) -> int:
    """Return how many versions edits, deletions and reactions in a conversation can have taken."""
    replies: dict[int, int] = {}
    for send in history.sends:
        if send.reply_to:
            replies[send.reply_to] = replies.get(send.reply_to, 0) + 1
    total = 0
    for send in history.sends:
        if send.conversation_id != pair.id:
            continue
        for change in send.changes:
            late = sum(each.status == NO_ANSWER for each in change.answers)
            renewed = replies.get(send.message_id, 0) if change.kind in (EDIT, DELETE) else 0
            total += (1 + late) * (1 + renewed)
    return total


def _judge_seen(
    pair: Pair, changes: dict[int, Change], history: History, known: Known, report: Report
) -> None:
    """Report edits, deletions and reactions that a device was shown and that are not in the database."""
    for stream in history.streams:
        if stream.conversation_id != pair.id:
            continue
        for frame in stream.frames:
            version = version_of(frame)
            if frame["type"] not in ABOUT_A_MESSAGE or version in changes:
                continue
            row = known.rows.get(message_id_of(frame))
            if row is None or (version or 0) > row.version:
                report("edit_lost", f"{stream.device} was shown {frame}, which is not stored")
