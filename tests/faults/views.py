"""Judges what people saw last: the thread of each device, the pages of REST, and the previews of lists."""

from collections.abc import Callable
from typing import Any

from tests.faults.history import ABOUT_A_MESSAGE, Copy, Frame, History, Inbox, Stream
from tests.faults.known import Known
from tests.faults.snapshot import Row
from tests.faults.streams import message_id_of

PREVIEW_LENGTH = 100
EMPTIED = {"content": "", "is_deleted": True, "reactions": [], "attachments": [], "reply_to": None}
Report = Callable[[str, str], None]
Thread = dict[int, dict[str, Any]]


def judge_views(history: History, known: Known, report: Report) -> None:
    """Report each message that somebody saw last in another state than the database has."""
    seen = [
        (stream.device, shown | {"id": message_id})
        for stream in history.streams
        for message_id, shown in make_thread(stream).items()
    ]
    seen += [(copy.device, each) for copy in history.copies for each in copy.messages.values()]
    seen += [(f"a page of user {user_id}", message) for user_id, message in history.pages]
    for where, message in seen:
        if row := known.rows.get(message["id"]):
            _compare(message, row, known, where, report)
    for copy in history.copies:
        _copy(copy, known, report)
    for inbox in history.inboxes:
        _inbox(inbox, known, report)


def _copy(copy: Copy, known: Known, report: Report) -> None:
    rows = known.snapshot.rows_of(copy.conversation_id)
    if missing := sorted({row.id for row in rows} - copy.messages.keys()):
        report("lost", f"{copy.device} has no messages {missing[:10]}")
    if known.snapshot.pairs[copy.conversation_id].version != copy.version:
        report("lost", f"{copy.device} is at version {copy.version}")


def _inbox(inbox: Inbox, known: Known, report: Report) -> None:
    for pk, told in inbox.conversations.items():
        _compare_preview(told, pk, known, report)
    for told in inbox.shown:
        for kind, sentence in known.find_stale(told, told["version"]):
            report(kind, f"the inbox of user {inbox.user_id}: {sentence}")


def make_thread(stream: Stream) -> Thread:
    """Apply the frames of a device as a client does; return the fields that it knows of each message."""
    thread: Thread = {}
    for frame in stream.frames:
        _apply(frame, thread)
    return thread


def _apply(frame: Frame, thread: Thread) -> None:
    kind = frame["type"]
    if kind == "reset":
        thread.clear()
    elif kind == "new_message":
        thread[message_id_of(frame)] = dict(frame["message"])
    elif kind in ABOUT_A_MESSAGE:
        message_id = message_id_of(frame)
        known = thread.setdefault(message_id, {})
        known |= EMPTIED if kind == "message_deleted" else frame
        if kind != "message_reacted":
            _renew_quotes(message_id, known, thread)


def _renew_quotes(message_id: int, message: dict[str, Any], thread: Thread) -> None:
    """Show the new text also in the quotes of replies, as the protocol asks of clients."""
    is_deleted = bool(message.get("is_deleted"))
    preview = None if is_deleted else message["content"][:PREVIEW_LENGTH] or "Sent a photo"
    for each in thread.values():
        if (each.get("reply_to") or {}).get("id") == message_id:
            each["reply_to"] = {**each["reply_to"], "preview": preview, "is_deleted": is_deleted}


def _compare(shown: dict[str, Any], row: Row, known: Known, where: str, report: Report) -> None:
    """Report the first field of a message that differs from the database; unknown fields are left out."""
    expected: dict[str, Any] = {
        "is_deleted": row.is_removed,
        "content": row.content,
        "reactions": known.reactions.get(row.id, set()),
        "attachments": known.photos.get(row.id, []),
    }
    for name, value in expected.items():
        if name in shown and _plain(name, shown[name]) != value:
            report(
                _kind_of(name, shown[name], row, known),
                f"{where} has message {row.id} with {name} {str(shown[name])[:100]}, not {value}",
            )
            return
    _compare_quote(shown.get("reply_to"), known, where, report)


def _compare_quote(quote: dict[str, Any] | None, known: Known, where: str, report: Report) -> None:
    row = known.rows.get(quote["id"]) if quote else None
    if quote is None or row is None:
        return
    expected = None if row.is_removed else preview_of(row)
    if quote["preview"] != expected:
        kind = "deleted_text_seen" if row.is_removed else "edit_lost"
        report(kind, f"{where} quotes message {row.id} as {quote['preview']!r}, not {expected!r}")


def _kind_of(name: str, shown: Any, row: Row, known: Known) -> str:
    if row.is_removed:
        return "deleted_text_seen"
    if name == "content" and shown not in known.texts_of(row):
        return "inconsistent"
    return "photo_lost" if name == "attachments" else "edit_lost"


def _plain(name: str, value: Any) -> Any:
    """Return reactions as a set of (emoji, user), and photos as their ids."""
    if name == "reactions":
        return {(each["emoji"], user_id) for each in value for user_id in each["user_ids"]}
    return [each["id"] for each in value] if name == "attachments" else value


def _compare_preview(told: dict[str, Any], pk: int, known: Known, report: Report) -> None:
    pair = known.snapshot.pairs.get(pk)
    last = known.rows.get(pair.last_message_id or 0) if pair else None
    if last is None or "last_message_preview" not in told:
        return
    expected = preview_of(last)
    if told["last_message_preview"] != expected:
        kind = "deleted_text_seen" if last.is_removed else "edit_lost"
        report(kind, f"an inbox shows {told['last_message_preview']!r}, not {expected!r}")


def preview_of(row: Row) -> str:
    """Return what a list shows of a conversation whose newest message this is."""
    if row.is_removed:
        return "This message was deleted"
    return row.content[:PREVIEW_LENGTH] or "Sent a photo"
