"""
Judges what jobs had to do: notify, e-mail, and end.

Everything is at least once, so a repetition is no violation. A notification is written when it is
sent, from what is unread then; so one that tells of a message came after it, and counts it.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable

from tests.faults.history import History, Send
from tests.faults.snapshot import Row, Snapshot

KINDS = ("not_notified", "mail_lost", "mail_unfounded", "job_unfinished")
RECURRING = {"jobs.prune", "notifications.sweep", "users.prune_admin_sessions"}
RESET_KIND = "users.mail_password_reset"
INVITATION_CODE = re.compile(r"/join#code=([\w-]+)", re.ASCII)
RESET_LINK = re.compile(r"/reset-password#uid=[\w-]+&token=[\w-]+", re.ASCII)
SEVERAL = re.compile(r"(\d+) new messages", re.ASCII)
BODY_LENGTH = 100
Complain = Callable[[str, str], None]


def judge_consequences(history: History, snapshot: Snapshot, complain: Complain) -> None:
    """Complain of each notification, e-mail and job that is missing or must not be."""
    for check in (_letters, _unread, _pushes, _invitations, _resets, _jobs):
        check(history, snapshot, complain)


# Notifications
# ------------------------------------------------------------------------------
def _letters(history: History, snapshot: Snapshot, complain: Complain) -> None:
    """Check that each letter is stored once, and was shown word for word on its reader's device."""
    shown = {(each.user_id, each.body) for each in history.pushes}
    stored = Counter(row.content for row in snapshot.rows)
    for letter in history.letters:
        times = stored[letter.content]
        if times > 1:
            complain("doubled", f"{letter.content!r} is stored {times} times")
        elif times < letter.is_accepted:
            complain("lost", f"{letter.content!r} was accepted and is not stored")
        elif not letter.is_accepted:
            complain("lost", f"{letter.content!r} was never accepted, everything being healed")
        elif (letter.trainee_id, letter.content) not in shown:
            complain("not_notified", f"user {letter.trainee_id} was not told {letter.content!r}")


def _unread(history: History, snapshot: Snapshot, complain: Complain) -> None:
    """
    Check that whoever has unread messages and a device was notified after the newest was written.

    Of all that are unread now: only reading makes them fewer, so no such notification counts less.
    """
    began = {send.content: _began(send) for send in history.sends}
    for pair in snapshot.pairs.values():
        for user_id in {pair.trainer_id, pair.trainee_id} & snapshot.notified_users:
            unread = snapshot.unread_of(user_id, pair.id)
            if not unread or unread[-1].content not in began:
                continue
            since, count = began[unread[-1].content], len(unread)
            if not any(
                each.at > since and each.unread_count >= count and _tells(each.body, unread)
                for each in history.pushes
                if (each.user_id, each.conversation_id) == (user_id, pair.id)
            ):
                complain("not_notified", f"user {user_id} was not told of the last of {count}")


def _began(send: Send) -> float:
    return min((answer.began for answer in send.answers), default=0.0)


def _tells(body: str, unread: list[Row]) -> bool:
    if several := SEVERAL.fullmatch(body):
        return int(several[1]) >= len(unread)
    return [body] == [shorten(row.content) for row in unread]


def _pushes(history: History, snapshot: Snapshot, complain: Complain) -> None:
    """Check that each notification tells its reader of messages that somebody wrote to them."""
    texts: dict[tuple[int, int], list[str]] = {}
    for row in snapshot.rows:
        reader = snapshot.pairs[row.conversation_id].other(row.sender_id)
        texts.setdefault((reader, row.conversation_id), []).append(shorten(row.content))
    for push in history.pushes:
        own = texts.get((push.user_id, push.conversation_id), [])
        several = SEVERAL.fullmatch(push.body)
        if not (int(several[1]) <= len(own) if several else push.body in own):
            complain("wrong_person", f"user {push.user_id} was notified of {push}")


def shorten(text: str) -> str:
    """Return a text as a notification shows it."""
    line = " ".join(text.split())
    return line if len(line) <= BODY_LENGTH else f"{line[: BODY_LENGTH - 1]}…"


# E-mails
# ------------------------------------------------------------------------------
def _invitations(history: History, snapshot: Snapshot, complain: Complain) -> None:
    """Check that each stored invitation was mailed with the link that opens it, and no other one."""
    mailed: dict[str, set[str]] = {}
    for mail in history.mails:
        if code := INVITATION_CODE.search(mail.text):
            digest = hashlib.sha256(code[1].encode()).hexdigest()
            mailed.setdefault(mail.to, set()).add(digest)
    for invite in history.invites:
        if invite.is_accepted and invite.email not in snapshot.invitations:
            complain("lost", f"the invitation of {invite.email} was accepted and is not stored")
    for email, code_hash in snapshot.invitations.items():
        if code_hash not in mailed.get(email, ()):
            complain("mail_lost", f"the invitation of {email} was not mailed with its link")
    for email in mailed.keys() - snapshot.invitations.keys():
        complain("mail_unfounded", f"{email} got an invitation that is not stored")


def _resets(history: History, snapshot: Snapshot, complain: Complain) -> None:
    """
    Check that each reset was mailed that was accepted, or whose job is stored, and no other one.

    Each account requests one at most, so there is a job for each that was committed.
    """
    mailed = {each.to for each in history.mails if RESET_LINK.search(each.text)}
    stored = sum(job.kind == RESET_KIND for job in snapshot.jobs)
    missing = {reset.email for reset in history.resets if reset.is_accepted} - mailed
    for email in sorted(missing):
        complain("mail_lost", f"{email} got no link to reset the password")
    if stored > len(mailed) + len(missing):
        complain("mail_lost", f"{stored} resets are stored, and {len(mailed)} were mailed")
    if stored < len(mailed):
        complain("mail_unfounded", f"{len(mailed)} resets were mailed, and {stored} are stored")


# Jobs
# ------------------------------------------------------------------------------
def _jobs(history: History, snapshot: Snapshot, complain: Complain) -> None:
    """Check that each job has ended with success, and that each recurring one has its next run."""
    for job in snapshot.jobs:
        if job.state == "failed":
            complain("job_unfinished", f"{job.kind} was given up: {job.last_error}")
        elif job.state in ("waiting", "running") and job.kind not in RECURRING:
            complain("job_unfinished", f"{job.kind} {job.key} is {job.state}: {job.last_error}")
    live = sorted(job.kind for job in snapshot.jobs if job.state in ("waiting", "running"))
    recurring = [kind for kind in live if kind in RECURRING]
    if recurring != sorted(RECURRING):
        complain("job_unfinished", f"the recurring jobs that are scheduled are {recurring}")
