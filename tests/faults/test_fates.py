"""The judge of edits, deletions, reactions and photos, on a correct history and each kind of violation."""

import io
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from tests.faults.answers import Answer
from tests.faults.causes import Push
from tests.faults.changed_story import (
    CAPTION,
    DELETED,
    FIRST,
    GONE,
    KEYS,
    PHOTO,
    REPLY,
    ROWS,
    SECOND,
    TEXT,
    THUMB,
    about,
    accepted,
    files_of,
    history,
    live_frames,
    replayed_frames,
    shown,
    snapshot,
    stream,
)
from tests.faults.changes import DELETE, EDIT, REACT, UNREACT, Change
from tests.faults.history import History
from tests.faults.judge import judge
from tests.faults.mail import Mail
from tests.faults.photos import Photo
from tests.faults.snapshot import Pair, Row, Snapshot, UploadRow
from tests.faults.stories import CONVERSATION, TRAINEE, TRAINER
from tests.faults.stories import snapshot as plain_snapshot
from tests.faults.texts import make_mark

pytestmark = pytest.mark.without_servers

THIRD = f"{make_mark(99)} third text"
LOST = Answer(0, None, 50, 54)
REFUSED = Answer(403, {"code": "message_deleted"}, 90, 91)


def found(story: History, database: Snapshot | None = None) -> dict[str, int]:
    verdict = judge(story, database or snapshot())
    return {kind: number for kind, number in verdict.counts.items() if number}


def rows_with(message_id: int, **values: Any) -> list[Row]:
    return [replace(row, **values) if row.id == message_id else row for row in ROWS]


def edit(*answers: Answer, value: str = THIRD, **more: Any) -> Change:
    return Change(list(answers), EDIT, TRAINEE, value, **more)


def test_correct_story_is_clean() -> None:
    assert found(history()) == {}


# Edits
# ------------------------------------------------------------------------------
def test_accepted_edit_that_is_not_stored_is_lost() -> None:
    story = history()
    story.streams.clear()
    story.pages.clear()
    story.copies.clear()

    database = snapshot(rows=rows_with(TEXT, content=FIRST), copies=[])
    assert found(story, database) == {"edit_lost": 1}


def test_edit_that_was_never_accepted_is_lost() -> None:
    story = history()
    story.sends[1].changes.append(edit(Answer(503, {}, 50, 51)))

    assert found(story) == {"edit_lost": 1}


def test_edit_without_a_response_may_come_back_after_a_later_one() -> None:
    story = history()
    story.sends[1].changes[0].answers.insert(0, Answer(0, None, 35, 39))
    story.sends[1].changes.append(edit(accepted({}, 45)))
    story.streams.clear()
    story.pages.clear()
    story.copies.clear()

    assert found(story) == {}


def test_confirmed_edit_may_not_come_back_after_a_later_one() -> None:
    story = history()
    story.sends[1].changes.append(edit(accepted({}, 45)))
    story.streams.clear()
    story.pages.clear()
    story.copies.clear()

    assert found(story) == {"edit_lost": 1}


def test_device_that_still_shows_the_old_text_has_lost_the_edit() -> None:
    story = history()
    story.streams[1].frames[3] |= {"content": FIRST}

    # The frame shows an old text in place of the present one, and so does the thread at the end.
    assert found(story) == {"edit_lost": 3}


def test_page_with_the_old_text_has_lost_the_edit() -> None:
    story = history()
    story.pages.append((TRAINEE, shown(ROWS[1], FIRST, 4)))

    assert found(story) == {"edit_lost": 1}


def test_quote_with_the_old_text_after_the_edit_has_lost_it() -> None:
    story = history()
    story.streams[1].frames[4]["message"]["reply_to"] = {"id": TEXT, "preview": FIRST}

    # The frame is newer than the edit, and the thread quotes the old text at the end.
    assert found(story) == {"edit_lost": 2}


def test_page_that_quotes_the_old_text_has_lost_the_edit() -> None:
    story = history()
    quote = {"id": TEXT, "preview": FIRST}
    story.pages.append((TRAINEE, shown(ROWS[2], ROWS[2].content, 5, reply_to=quote)))

    assert found(story) == {"edit_lost": 1}


@pytest.mark.parametrize(
    ("message_id", "change"),
    [
        (TEXT, {"content": FIRST}),
        (REPLY, {"reply_to": {"id": TEXT, "preview": FIRST}}),
        (PHOTO, {"reactions": []}),
    ],
)
def test_device_that_polls_and_has_the_old_text_has_lost_the_edit(
    message_id: int, change: dict[str, Any]
) -> None:
    story = history()
    story.copies[0].messages[message_id] |= change

    assert found(story) == {"edit_lost": 1}


def test_device_that_polls_and_misses_a_message_has_lost_it() -> None:
    story = history()
    del story.copies[0].messages[TEXT]
    story.copies[0].version = 7

    assert found(story) == {"lost": 2}


def test_edit_that_a_device_was_shown_and_that_is_not_stored_is_lost() -> None:
    story = history()
    story.streams[0].take(about("edited", TEXT, 9, content=THIRD))

    # The frame has no row, the conversation is not at its version, and the thread shows an unknown text,
    # which the reply to the message quotes.
    assert found(story) == {"edit_lost": 2, "inconsistent": 2}


@pytest.mark.parametrize(("version", "kinds"), [(3, {}), (4, {"inconsistent": 1})])
def test_later_edit_explains_one_missing_version(version: int, kinds: dict[str, int]) -> None:
    """The trainee sends a message, edits it, and edits it again; version 2 is overwritten."""
    story = history()
    story.sends[1].changes.insert(0, edit(accepted({}, 35)))
    story.sends = story.sends[1:2]
    story.streams, story.inboxes, story.pages, story.copies = [], [], [], []

    row = replace(ROWS[1], created_version=1, version=version, content_version=version)
    pair = Pair(CONVERSATION, TRAINER, TRAINEE, version, 1, TEXT)
    assert found(story, replace(plain_snapshot([row]), pairs={CONVERSATION: pair})) == kinds


# Deletions
# ------------------------------------------------------------------------------
def test_accepted_deletion_that_is_not_stored_shows_a_deleted_text() -> None:
    story = history()
    story.streams.clear()
    story.pages.clear()
    story.copies.clear()
    story.inboxes.clear()
    row = {"content": GONE, "removed_at": None, "read_version": None}

    database = snapshot(
        rows=rows_with(DELETED, **row),
        uploads=[*snapshot().uploads, UploadRow(2, DELETED, KEYS[DELETED])],
        files=frozenset(files_of(KEYS[PHOTO]) | files_of(KEYS[DELETED])),
    )
    assert found(story, database) == {"deleted_text_seen": 1}


@pytest.mark.parametrize(
    "change",
    [
        {"rows": rows_with(DELETED, content=GONE)},
        {"copies": [(DELETED, GONE)]},
        {"reactions": frozenset({(PHOTO, TRAINEE, THUMB), (DELETED, TRAINER, THUMB)})},
    ],
)
def test_deleted_text_that_is_stored_is_seen(change: dict[str, Any]) -> None:
    story = history()
    story.pages.pop()

    assert found(story, snapshot(**change))["deleted_text_seen"] >= 1


def test_message_that_nobody_deleted_is_lost() -> None:
    story = history()
    story.sends[3].changes.clear()

    assert found(story)["lost"] == 1


@pytest.mark.parametrize("kind", [EDIT, REACT])
def test_change_that_is_accepted_after_the_deletion_shows_a_deleted_text(kind: str) -> None:
    story = history()
    late = Change([accepted({}, 90)], kind, TRAINEE, THUMB, is_probe=True)
    story.sends[3].changes.append(late)

    assert found(story) == {"deleted_text_seen": 1}


def test_change_that_is_refused_after_the_deletion_is_clean() -> None:
    story = history()
    story.sends[3].changes.append(edit(REFUSED, is_probe=True))

    assert found(story) == {}


def test_refused_change_of_a_message_that_nobody_deleted_is_lost() -> None:
    story = history()
    story.sends[1].changes.append(edit(REFUSED))

    assert found(story) == {"edit_lost": 1}


def test_repeated_send_that_shows_the_deleted_message_shows_a_deleted_text() -> None:
    story = history()
    story.sends[3].answers.append(accepted(shown(ROWS[3], GONE, 8), 90))

    assert found(story) == {"deleted_text_seen": 1}


def test_repeated_send_that_gets_the_message_without_content_is_clean() -> None:
    story = history()
    emptied = shown(ROWS[3], "", 8, is_deleted=True)
    story.sends[3].answers.append(accepted(emptied, 90))

    assert found(story) == {}


def test_device_that_still_shows_a_deleted_text_has_seen_it() -> None:
    story = history()
    story.streams[0] = stream(TRAINER, live_frames()[:-1])

    assert found(story) == {"lost": 1, "deleted_text_seen": 1}


def test_quote_of_a_deleted_text_has_shown_it() -> None:
    story = history()
    late = {**ROWS[2].__dict__, "version": 9, "content_version": 9}
    frames = live_frames()
    frames.append(
        {
            "type": "new_message",
            "message": shown(
                ROWS[2], ROWS[2].content, 9, reply_to={"id": DELETED, "preview": GONE}
            ),
        }
    )
    story.streams[0] = stream(TRAINER, frames)

    verdict = judge(story, snapshot(rows=[*ROWS[:2], Row(**late), ROWS[3]]))
    # The frame is newer than the deletion, and the thread quotes the deleted text at the end.
    assert verdict.counts["deleted_text_seen"] == 2


def test_list_with_a_deleted_text_has_shown_it() -> None:
    story = history()
    shown_before = {"last_message_preview": GONE, "version": 7}
    story.inboxes[0].shown = [shown_before, {**shown_before, "version": 8}]
    story.inboxes[0].conversations[CONVERSATION] |= {"last_message_preview": GONE}

    assert found(story) == {"deleted_text_seen": 2}


@pytest.mark.parametrize(
    ("text", "began", "kind"),
    [
        (GONE, 80.5, None),
        (GONE, 82, "deleted_text_seen"),
        (FIRST, 40.5, None),
        (FIRST, 42, "edit_lost"),
        (SECOND, 99, None),
    ],
)
def test_text_may_be_shown_to_requests_that_began_before_it_was_taken_back(
    text: str, began: float, kind: str | None
) -> None:
    story = history()
    story.check_answer("a page", Answer(200, {"results": [{"content": text}]}, began, 99))

    assert found(story) == ({kind: 1} if kind else {})


@pytest.mark.parametrize(
    ("text", "composed_at", "kind"),
    [(GONE, 80.5, None), (GONE, 82, "deleted_text_seen"), (FIRST, 42, "edit_lost")],
)
def test_notification_that_was_composed_after_the_change_shows_the_present_text(
    text: str, composed_at: float, kind: str | None
) -> None:
    story = history()
    reader = TRAINER if text in (FIRST, GONE) else TRAINEE
    story.pushes = [Push(reader, CONVERSATION, text, 1, 99, composed_at)]

    assert found(story) == ({kind: 1} if kind else {})


def test_email_with_a_text_can_show_a_deleted_one() -> None:
    story = history()
    story.mails = [Mail("guest@example.com", f"You have a message: {CAPTION}")]

    assert found(story) == {"deleted_text_seen": 1}


# Reactions
# ------------------------------------------------------------------------------
def test_accepted_reaction_that_is_not_stored_is_lost() -> None:
    story = history()

    assert found(story, snapshot(reactions=frozenset()))["edit_lost"] >= 1


def test_removed_reaction_that_is_stored_is_an_edit_lost() -> None:
    story = history()
    story.sends[0].changes.append(Change([accepted({}, 65)], UNREACT, TRAINEE, THUMB))

    assert found(story) == {"edit_lost": 1}


def test_reaction_whose_removal_had_no_response_may_be_there() -> None:
    story = history()
    removal = Change([LOST, accepted({}, 65)], UNREACT, TRAINEE, THUMB)
    story.sends[0].changes.append(removal)

    assert found(story) == {}


# Photos
# ------------------------------------------------------------------------------
def test_photo_without_a_row_is_lost() -> None:
    story = history()
    story.streams.clear()
    story.copies.clear()

    assert found(story, snapshot(uploads=[], files=frozenset())) == {"photo_lost": 1}


def test_other_photo_than_the_one_sent_is_lost() -> None:
    story = history()
    story.streams.clear()
    story.copies.clear()

    database = snapshot(uploads=[UploadRow(3, PHOTO, KEYS[PHOTO])])
    assert found(story, database) == {"photo_lost": 1}


def test_photo_that_a_device_does_not_show_is_lost() -> None:
    story = history()
    frames = replayed_frames()
    frames[0]["message"]["attachments"] = []
    story.streams[1] = stream(TRAINEE, frames)

    assert found(story) == {"photo_lost": 1}


def test_missing_file_is_a_photo_lost() -> None:
    files = sorted(files_of(KEYS[PHOTO]))

    assert found(history(), snapshot(files=frozenset(files[1:]))) == {"photo_lost": 1}


def test_photo_of_a_deleted_message_that_is_stored_is_seen() -> None:
    uploads = [*snapshot().uploads, UploadRow(2, DELETED, KEYS[DELETED])]
    files = frozenset(files_of(KEYS[PHOTO]) | files_of(KEYS[DELETED]))

    found_kinds = found(history(), snapshot(uploads=uploads, files=files))
    assert found_kinds["deleted_text_seen"] >= 1


@pytest.mark.parametrize(
    "change",
    [
        {"files": frozenset({*files_of(KEYS[PHOTO]), "photos/cd/cd34-large.jpg"})},
        {"uploads": [*snapshot().uploads, UploadRow(2, None, KEYS[PHOTO])]},
    ],
)
def test_file_or_upload_without_a_message_is_left(change: dict[str, Any]) -> None:
    assert found(history(), snapshot(**change)) == {"file_left": 1}


def draw(size: tuple[int, int], color: tuple[int, int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, "JPEG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("size", "content", "is_right"),
    [
        ("small", draw((320, 80), (200, 10, 90)), True),
        ("large", draw((400, 100), (200, 10, 90)), True),
        ("small", draw((400, 100), (200, 10, 90)), False),
        ("large", draw((320, 80), (200, 10, 90)), False),
        ("large", draw((400, 100), (90, 10, 200)), False),
        ("large", draw((400, 100), (200, 10, 90))[:100], False),
        ("large", b"", False),
    ],
)
def test_copy_of_a_photo_has_its_size_and_color(size: str, content: bytes, is_right: bool) -> None:
    photo = Photo((200, 10, 90), (400, 100), "JPEG", "key")

    assert (photo.find_flaw(size, content) is None) == is_right


def test_deletion_while_a_delete_is_uncertain_is_clean() -> None:
    story = history()
    story.sends[3].changes = [Change([LOST], DELETE, TRAINEE, is_probe=True)]

    assert found(story) == {}
