"""A correct history of one short conversation, written by hand, for tests to corrupt."""

from typing import Any

from tests.faults.answers import Answer
from tests.faults.consequences import RECURRING
from tests.faults.history import Count, History, Inbox, Send, Stream
from tests.faults.snapshot import JobRow, Pair, Row, Snapshot

TRAINER, TRAINEE, STRANGER = 1, 2, 3
CONVERSATION = 7
READ = {"read_at": "2025-01-01T00:00:00.000000Z", "up_to": 11, "version": 2}


def row(number: int, sender: int, version: int, read_version: int | None = None) -> Row:
    return Row(
        id=10 + number,
        conversation_id=CONVERSATION,
        sender_id=sender,
        content=f"text {number}",
        client_id=f"client {number}",
        version=read_version or version,
        created_version=version,
        read_version=read_version,
    )


def message(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "conversation_id": row.conversation_id,
        "sender": {"id": row.sender_id},
        "content": row.content,
        "version": row.created_version,
    }


# The trainer sends a message; the trainee reads it and sends two. This makes four versions, and two
# unread messages.
ROWS = [row(1, TRAINER, 1, read_version=2), row(2, TRAINEE, 3), row(3, TRAINEE, 4)]


def snapshot(rows: list[Row] | None = None, /, **changes: Any) -> Snapshot:
    """Return the final contents of the database."""
    pair = {
        "id": CONVERSATION,
        "trainer_id": TRAINER,
        "trainee_id": TRAINEE,
        "version": 4,
        "message_count": 3,
        "last_message_id": 13,
    }
    pairs = {CONVERSATION: Pair(**{**pair, **changes})}
    jobs = [JobRow(kind, "schedule", "waiting", "") for kind in sorted(RECURRING)]
    return Snapshot(pairs, ROWS if rows is None else rows, jobs=jobs)


def written(row: Row) -> dict[str, Any]:
    return {"type": "new_message", "message": message(row)}


def marked(user_id: int) -> dict[str, Any]:
    if user_id == TRAINEE:
        return {"type": "conversation_read", **READ}
    return {"type": "read_receipt", "reader_id": TRAINEE, **READ}


def stream(user_id: int, name: str) -> Stream:
    """Return the frames of a device that missed none."""
    found = Stream(name, user_id, CONVERSATION)
    for frame in (written(ROWS[0]), marked(user_id), written(ROWS[1]), written(ROWS[2])):
        found.take(frame)
    return found


def accepted(row: Row, status: int = 201) -> Answer:
    return Answer(status, message(row), 0, 0)


def history() -> History:
    """Return what the clients sent and received."""
    made = History(
        sends=[
            Send(CONVERSATION, each.sender_id, each.id, str(each.client_id), each.content)
            for each in ROWS
        ],
        streams=[stream(TRAINER, "trainer's"), stream(TRAINEE, "trainee's")],
        inboxes=[Inbox(TRAINER, 2, {CONVERSATION: {"version": 4, "unread_count": 2}})],
        counts=[Count(TRAINER, None, 2, "badge"), Count(TRAINEE, CONVERSATION, 0, "list")],
    )
    for send, each in zip(made.sends, ROWS, strict=True):
        send.answers.append(accepted(each))
    made.ask_to_read(TRAINEE, CONVERSATION, 11)
    return made
