"""A correct history with an edit, a reply, a reaction, a deletion and a photo, for tests to corrupt."""

from typing import Any

from tests.faults.answers import Answer
from tests.faults.changes import DELETE, EDIT, REACT, Change
from tests.faults.history import Copy, History, Inbox, Send, Stream
from tests.faults.photos import SIDES, Photo
from tests.faults.snapshot import Pair, Row, Snapshot, UploadRow
from tests.faults.stories import CONVERSATION, TRAINEE, TRAINER
from tests.faults.stories import snapshot as plain_snapshot
from tests.faults.texts import make_mark

# The versions: the trainer sends a photo (1), the trainee a text (2), the trainer a reply to that (3). The
# trainee edits the text (4), which renews the reply (5), and reacts to the photo (6). The trainee sends a
# photo (7), and deletes it (8).
PHOTO, TEXT, REPLY, DELETED = 11, 12, 13, 14
CAPTION, FIRST, SECOND, ANSWER, GONE = (f"{make_mark(number)} text" for number in range(5))
KEYS = {PHOTO: "ab12", DELETED: "cd34"}
THUMB = "👍"


def row(number: int, sender: int, content: str, created: int, **more: Any) -> Row:
    more = {"version": created, "content_version": created, **more}
    return Row(
        id=number,
        conversation_id=CONVERSATION,
        sender_id=sender,
        content=content,
        client_id=f"client {number}",
        created_version=created,
        **more,
    )


ROWS = [
    row(PHOTO, TRAINER, CAPTION, 1, version=6, reaction_version=6),
    row(TEXT, TRAINEE, SECOND, 2, version=4, content_version=4),
    row(REPLY, TRAINER, ANSWER, 3, version=5, content_version=5),
    row(DELETED, TRAINEE, "", 7, version=8, content_version=8, read_version=8, removed_at="now"),
]


def files_of(key: str) -> set[str]:
    return {f"photos/{key[:2]}/{key}-{size}.jpg" for size in SIDES}


def snapshot(**changes: Any) -> Snapshot:
    """Return the final contents of the database."""
    pair = Pair(CONVERSATION, TRAINER, TRAINEE, 8, 4, DELETED)
    made: dict[str, Any] = {
        "rows": ROWS,
        "uploads": [UploadRow(1, PHOTO, KEYS[PHOTO])],
        "reactions": frozenset({(PHOTO, TRAINEE, THUMB)}),
        "copies": [(TEXT, FIRST), (REPLY, ANSWER)],
        "files": frozenset(files_of(KEYS[PHOTO])),
        "jobs": plain_snapshot().jobs,
        **changes,
    }
    return Snapshot({CONVERSATION: pair}, **made)


def shown(row: Row, content: str, version: int, **more: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "conversation_id": CONVERSATION,
        "sender": {"id": row.sender_id},
        "content": content,
        "version": version,
        "is_deleted": False,
        "reactions": [],
        "attachments": [],
        **more,
    }


def new(row: Row, content: str, version: int, **more: Any) -> dict[str, Any]:
    return {"type": "new_message", "message": shown(row, content, version, **more)}


def about(kind: str, message_id: int, version: int, **more: Any) -> dict[str, Any]:
    return {"type": f"message_{kind}", "message_id": message_id, "version": version, **more}


def live_frames() -> list[dict[str, Any]]:
    """Return the frames of a device that was connected all the time."""
    photo, text, reply, deleted = ROWS
    return [
        new(photo, CAPTION, 1, attachments=[{"id": 1}]),
        new(text, FIRST, 2),
        new(reply, ANSWER, 3, reply_to={"id": TEXT, "preview": FIRST}),
        about("edited", TEXT, 4, content=SECOND),
        new(reply, ANSWER, 5, reply_to={"id": TEXT, "preview": SECOND}),
        about("reacted", PHOTO, 6, reactions=[{"emoji": THUMB, "user_ids": [TRAINEE]}]),
        new(deleted, GONE, 7, attachments=[{"id": 2}]),
        about("deleted", DELETED, 8),
    ]


def replayed_frames() -> list[dict[str, Any]]:
    """Return the frames of a device that connects at the end: messages are shown as they are now."""
    frames = live_frames()
    frames[1]["message"]["content"] = SECOND
    frames[2]["message"]["reply_to"]["preview"] = SECOND
    frames[6]["message"] |= {"content": "", "is_deleted": True, "attachments": []}
    return frames


def polled() -> list[dict[str, Any]]:
    """Return the messages as they are at the end."""
    photo, text, reply, deleted = ROWS
    thumb = {"emoji": THUMB, "user_ids": [TRAINEE]}
    return [
        shown(photo, CAPTION, 6, attachments=[{"id": 1}], reactions=[thumb]),
        shown(text, SECOND, 4),
        shown(reply, ANSWER, 5, reply_to={"id": TEXT, "preview": SECOND}),
        shown(deleted, "", 8, is_deleted=True),
    ]


def stream(user_id: int, frames: list[dict[str, Any]]) -> Stream:
    made = Stream(f"user {user_id}'s", user_id, CONVERSATION)
    for frame in frames:
        made.take(frame)
    return made


def accepted(body: dict[str, Any] | None, began: float, status: int = 200) -> Answer:
    return Answer(status, body, began, began + 1)


def _send(row: Row, content: str, began: float, **more: Any) -> Send:
    answer = accepted(shown(row, content, row.created_version), began, 201)
    client_id = str(row.client_id)
    return Send(CONVERSATION, row.sender_id, row.id, client_id, content, [answer], **more)


def history() -> History:
    """Return what the clients sent and received; version N was accepted from second 10 N on."""
    photo, text, reply, deleted = ROWS
    pictures = [Photo((1, 2, 3), (400, 100), "PNG", "key", {"id": number}) for number in (1, 2)]
    made = History(
        sends=[
            _send(photo, CAPTION, 10, photo=pictures[0]),
            _send(text, FIRST, 20),
            _send(reply, ANSWER, 30, reply_to=TEXT),
            _send(deleted, GONE, 70, photo=pictures[1]),
        ],
        streams=[stream(TRAINER, live_frames()), stream(TRAINEE, replayed_frames())],
        inboxes=[
            Inbox(TRAINER, 1, {CONVERSATION: _entry("This message was deleted", 8)}),
        ],
        copies=[Copy("a poll", CONVERSATION, 8, {each["id"]: each for each in polled()})],
        pages=[
            (TRAINER, shown(text, SECOND, 4)),
            (TRAINEE, shown(deleted, "", 8, is_deleted=True)),
        ],
    )
    made.sends[1].changes = [Change([accepted({}, 40)], EDIT, TRAINEE, SECOND)]
    made.sends[0].changes = [Change([accepted({}, 60)], REACT, TRAINEE, THUMB)]
    made.sends[3].changes = [Change([accepted(None, 80, 204)], DELETE, TRAINEE)]
    made.texts.take_back(FIRST, 41, "edit_lost")
    made.texts.take_back(GONE, 81, "deleted_text_seen")
    return made


def _entry(preview: str, version: int) -> dict[str, Any]:
    return {"last_message_preview": preview, "version": version, "unread_count": 1}
