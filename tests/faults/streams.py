"""
Judges the frames that one device received for a conversation.

Each change takes the next version, and each side gets one frame per change. So the frames of a
device, over all its connections, must have exactly the versions 1, 2, 3 … A `reset` frame stands for
all versions up to its own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.faults.history import Frame, Stream, version_of
from tests.faults.snapshot import Pair, Row


@dataclass(frozen=True)
class Written:
    """A change: a message was created."""

    message_id: int
    sender_id: int
    content: str


@dataclass(frozen=True)
class Marked:
    """A change: the messages up to `up_to` were marked as read."""

    reader_id: int
    up_to: int


Change = Written | Marked


def list_changes(rows: Iterable[Row], pair: Pair) -> dict[int, Change]:
    """Return a conversation's changes by version; `rows` are its messages in the order of their ids."""
    changes: dict[int, Change] = {}
    for row in rows:
        changes[row.created_version] = Written(row.id, row.sender_id, row.content)
        if row.read_version is not None:
            changes[row.read_version] = Marked(pair.other(row.sender_id), row.id)
    return changes


def judge_stream(
    stream: Stream, changes: dict[int, Change], report: Callable[[str, str], None]
) -> None:
    """Report each frame that is not the next change, and each change without a frame."""
    seen: set[int] = set()
    position = 0
    for frame in stream.frames:
        version = version_of(frame)
        if version is None:
            continue
        if frame["type"] == "reset":
            seen |= set(range(1, version + 1))
        elif version in seen:
            report("doubled", f"{stream.device}: version {version} came again")
        elif version < position:
            report("out_of_order", f"{stream.device}: {version} came after {position}")
        seen.add(version)
        position = max(position, version)
        if fault := _compare(frame, changes.get(version), stream):
            report(fault, f"{stream.device}: version {version} is not {str(frame)[:200]}")
    if missing := sorted(changes.keys() - seen):
        report("lost", f"{stream.device}: versions {missing[:10]} of {len(changes)} never arrived")


def _compare(frame: Frame, change: Change | None, stream: Stream) -> str | None:
    """Return the kind of violation if a frame differs from the change with its version, else None."""
    if frame["type"] == "reset":
        return None
    if frame["type"] == "new_message":
        return _compare_message(frame["message"], change, stream)
    is_receipt = frame["type"] == "read_receipt"
    if not isinstance(change, Marked) or frame["up_to"] != change.up_to:
        return "false_read"
    # A client that gets a receipt shows its own messages as read, so the reader must never get one.
    is_readers = stream.user_id == change.reader_id
    if is_receipt == is_readers or (is_receipt and frame["reader_id"] != change.reader_id):
        return "false_read"
    return None


def _compare_message(message: Frame, change: Change | None, stream: Stream) -> str | None:
    if message["conversation_id"] != stream.conversation_id:
        return "wrong_person"
    shown = Written(message["id"], message["sender"]["id"], message["content"])
    return None if shown == change else "inconsistent"
