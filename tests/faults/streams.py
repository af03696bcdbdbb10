"""
Judges the frames that one device received for a conversation.

Each change takes the next version, and each side gets one frame per change. So the frames of a
device, over all its connections, have ascending versions. None is missing, except those of changes that a
later change of the same message has overwritten: a replay shows a message as it is. A `reset` frame stands
for all versions up to its own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.faults.history import Frame, Stream, version_of
from tests.faults.known import Known
from tests.faults.snapshot import Pair, Row

Report = Callable[[str, str], None]


@dataclass(frozen=True)
class Written:
    """A change: a message was created."""

    message_id: int


@dataclass(frozen=True)
class Altered:
    """A change: a message got another text, or the message that it quotes did."""

    message_id: int


@dataclass(frozen=True)
class Deleted:
    """A change: a message was deleted."""

    message_id: int


@dataclass(frozen=True)
class Reacted:
    """A change: a message got other reactions. If it was deleted later, a replay leaves this out."""

    message_id: int
    is_deleted: bool = False


@dataclass(frozen=True)
class Marked:
    """A change: the messages up to `up_to` were marked as read."""

    reader_id: int
    up_to: int


Change = Written | Altered | Deleted | Reacted | Marked


def list_changes(rows: Iterable[Row], pair: Pair) -> dict[int, Change]:
    """
    Return a conversation's changes by version; `rows` are its messages in the order of their ids.

    Changes that were overwritten by later ones are missing.
    """
    changes: dict[int, Change] = {}
    for row in rows:
        changes[row.created_version] = Written(row.id)
        if row.was_read and row.read_version:
            changes[row.read_version] = Marked(pair.other(row.sender_id), row.id)
        if row.reaction_version:
            changes[row.reaction_version] = Reacted(row.id, row.is_removed)
        if row.content_version and row.content_version > row.created_version:
            changed = Deleted(row.id) if row.is_removed else Altered(row.id)
            changes[row.content_version] = changed
    return changes


def judge_stream(stream: Stream, changes: dict[int, Change], known: Known, report: Report) -> None:
    """Report each frame that is not the next change, and each change without a frame."""
    seen: set[int] = set()
    for frame in stream.frames:
        version = version_of(frame)
        if version is not None:
            _place(frame, version, seen, stream, report)
            if fault := _compare(frame, version, changes.get(version), stream, known):
                report(fault, f"{stream.device}: version {version} is not {str(frame)[:200]}")
            for kind, sentence in known.find_stale(frame, version):
                report(kind, f"{stream.device}: {sentence}")
    if missing := sorted(_required(changes) - seen):
        report("lost", f"{stream.device}: versions {missing[:10]} of {len(changes)} never arrived")


def _place(frame: Frame, version: int, seen: set[int], stream: Stream, report: Report) -> None:
    """Report a frame that comes again or late, and add its version to those that were `seen`."""
    if frame["type"] == "reset":
        seen |= set(range(1, version + 1))
    elif version in seen:
        report("doubled", f"{stream.device}: version {version} came again")
    elif version < max(seen, default=0):
        report("out_of_order", f"{stream.device}: {version} came after {max(seen)}")
    seen.add(version)


def _required(changes: dict[int, Change]) -> set[int]:
    return {
        version
        for version, change in changes.items()
        if not (isinstance(change, Reacted) and change.is_deleted)
    }


def _compare(
    frame: Frame, version: int, change: Change | None, stream: Stream, known: Known
) -> str | None:
    """Return the kind of violation if a frame differs from the change with its version, else None."""
    if frame["type"] == "reset":
        return None
    if frame["type"] in ("read_receipt", "conversation_read"):
        return _compare_receipt(frame, change, stream)
    if frame.get("message", {}).get("conversation_id", stream.conversation_id) != (
        stream.conversation_id
    ):
        return "wrong_person"
    message_id = message_id_of(frame)
    row = known.rows.get(message_id)
    if row is None or row.conversation_id != stream.conversation_id:
        return "inconsistent"
    if change is None:
        # It must have been overwritten by a later change of the same kind.
        return None if version < _last_version(frame["type"], row) else "inconsistent"
    is_same = not isinstance(change, Marked) and change.message_id == message_id
    return _compare_content(frame, version, row, known) if is_same else "inconsistent"


def message_id_of(frame: Frame) -> int:
    """Return the id of the message that a frame shows or changes."""
    is_new = frame["type"] == "new_message"
    return int(frame["message"]["id"] if is_new else frame["message_id"])


def _last_version(kind: str, row: Row) -> int:
    if kind == "message_reacted":
        return row.reaction_version or 0
    return row.content_version or row.created_version


def _compare_content(frame: Frame, version: int, row: Row, known: Known) -> str | None:
    """Compare the text of a frame, which may be newer than its version, with those that the message had."""
    if frame["type"] in ("message_deleted", "message_reacted"):
        is_right = row.is_removed or frame["type"] == "message_reacted"
        return None if is_right else "inconsistent"
    shown = frame.get("message", frame)
    if "sender" in shown and shown["sender"]["id"] != row.sender_id:
        return "inconsistent"
    if shown["content"] not in ("", *known.texts_of(row)):
        return "inconsistent"
    is_current = version == row.content_version
    return "edit_lost" if is_current and shown["content"] != row.content else None


def _compare_receipt(frame: Frame, change: Change | None, stream: Stream) -> str | None:
    is_receipt = frame["type"] == "read_receipt"
    if not isinstance(change, Marked) or frame["up_to"] != change.up_to:
        return "false_read"
    # A client that gets a receipt shows its own messages as read, so the reader must never get one.
    is_readers = stream.user_id == change.reader_id
    if is_receipt == is_readers or (is_receipt and frame["reader_id"] != change.reader_id):
        return "false_read"
    return None
