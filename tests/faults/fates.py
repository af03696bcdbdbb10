"""Judges what became of each message: its text, its reactions and its photo."""

from collections.abc import Callable

from tests.faults.changes import DELETE, EDIT, REACT, Change
from tests.faults.history import History, Send
from tests.faults.known import Known
from tests.faults.photos import SIDES
from tests.faults.snapshot import Row, Snapshot
from tests.faults.texts import marks_in

Report = Callable[[str, str], None]


def judge_fates(history: History, known: Known, report: Report) -> None:
    """Report each edit, deletion, reaction and photo that the database does not have as it was accepted."""
    for row in known.rows.values():
        if send := known.sends.get(row.id):
            _text(send, row, report)
            _reactions(send, row, known, report)
            _photo(send, row, known, report)
            for change in send.changes:
                _change(change, send, report)
            _repeats(send, report)
    _copies(history, known, report)
    judge_files(known.snapshot, report)


# Texts
# ------------------------------------------------------------------------------
def _text(send: Send, row: Row, report: Report) -> None:
    if row.is_removed:
        if not send.deletions:
            report("lost", f"message {row.id} was deleted, and nobody asked for it")
        if row.content:
            report("deleted_text_seen", f"message {row.id} was deleted, and its text is stored")
    elif send.deleted_at < float("inf"):
        report(
            "deleted_text_seen", f"the deletion of message {row.id} was accepted, and it is there"
        )
    elif row.content not in list_possible_texts(send):
        kind = "edit_lost" if row.content in send.texts else "inconsistent"
        report(kind, f"message {row.id} is stored as {row.content[:60]!r}")


def list_possible_texts(send: Send) -> set[str]:
    """
    Return the texts that a message may have at the end, if it is not deleted.

    That is the last accepted text, or a later one that was not accepted. An attempt without a response may
    be executed at any later time, because a process can freeze before it executes a request.
    """
    possible = {send.content}
    for edit in send.edits:
        possible = {edit.value} if edit.is_accepted else {*possible, edit.value}
    return possible | {each.value for each in send.edits if each.is_doubtful}


def _change(change: Change, send: Send, report: Report) -> None:
    """Check the responses to a change, in relation to the deletion of the message."""
    what = f"{change.kind} {change.value[:60]!r} of message {send.message_id}"
    if not change.is_over and not change.is_probe:
        report("edit_lost", f"{what} was not accepted after all repairs")
    for answer in change.answers:
        deletions = [each for each in send.deletions if each.began < answer.ended]
        if change.kind in (EDIT, REACT) and answer.is_accepted and send.deleted_at < answer.began:
            report("deleted_text_seen", f"{what} was accepted after the deletion")
        if change.is_refused and not deletions:
            report("edit_lost", f"{what} was refused, although nobody deleted the message")


def _repeats(send: Send, report: Report) -> None:
    """Check that a send that is repeated after the deletion returns a deleted message without content."""
    for answer in send.accepted:
        shown = answer.body
        if send.deleted_at < answer.began and not (
            shown["is_deleted"] and not shown["content"] and not shown["attachments"]
        ):
            report("deleted_text_seen", f"a repeated send shows message {send.message_id}")


def _copies(history: History, known: Known, report: Report) -> None:
    """Check the other places with texts: the tables besides the messages, notifications and e-mails."""
    for message_id, text in known.snapshot.copies:
        row = known.rows.get(message_id)
        if row is None or row.is_removed:
            report("deleted_text_seen", f"{text[:60]!r} of deleted message {message_id} is stored")
    for push in history.pushes:
        for kind, mark in history.texts.find_gone(push.body, push.composed_at):
            report(kind, f"user {push.user_id} was notified of {mark} after that")
    for mail in history.mails:
        # E-mails cannot be recalled, so they have no texts.
        if marks_in(mail.message.as_string()) or marks_in(mail.text):
            report("deleted_text_seen", f"an e-mail to {mail.to} shows a text")


# Reactions
# ------------------------------------------------------------------------------
def _reactions(send: Send, row: Row, known: Known, report: Report) -> None:
    """Check that the last accepted change of each reaction stands."""
    stored = known.reactions.get(row.id, set())
    if row.is_removed:
        if stored:
            report("deleted_text_seen", f"deleted message {row.id} has reactions")
        return
    changes: dict[tuple[str, int], list[Change]] = {}
    for change in send.changes:
        if change.kind not in (EDIT, DELETE):
            changes.setdefault((change.value, change.by), []).append(change)
    for key, own in changes.items():
        is_certain = own[-1].is_accepted and not any(each.is_doubtful for each in own)
        if is_certain and (key in stored) != (own[-1].kind == REACT):
            report("edit_lost", f"message {row.id}: {own[-1].kind} {key} is not stored")
    if strange := stored - changes.keys():
        report("inconsistent", f"message {row.id} has reactions {strange} of nobody")


# Photos
# ------------------------------------------------------------------------------
def _photo(send: Send, row: Row, known: Known, report: Report) -> None:
    stored = known.photos.get(row.id, [])
    if row.is_removed:
        if stored:
            report("deleted_text_seen", f"deleted message {row.id} has photos {stored}")
    elif send.photo and len(stored) != 1:
        report("photo_lost", f"message {row.id} has photos {stored}, not one")
    elif send.photo and send.accepted and stored != [send.photo.attachment.get("id")]:
        report("photo_lost", f"message {row.id} has another photo: {stored}")
    elif stored and not send.photo:
        report("inconsistent", f"message {row.id} has photos {stored}, and was sent without")


def judge_files(snapshot: Snapshot, report: Report) -> None:
    """Check that each photo has its files, and that after the sweeps there is no other file or upload."""
    for upload in snapshot.uploads:
        if upload.message_id is None:
            report("file_left", f"upload {upload.id} was not sent, and is still stored")
    if snapshot.files is None:
        return
    names = {
        f"photos/{each.key[:2]}/{each.key}-{size}.jpg"
        for each in snapshot.uploads
        for size in SIDES
    }
    for name in sorted(names - snapshot.files):
        report("photo_lost", f"{name} is missing")
    for name in sorted(snapshot.files - names):
        report("file_left", f"{name} belongs to no photo")
