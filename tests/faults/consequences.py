"""
Judges the effects of jobs, which are notifications and e-mails, and whether all jobs have ended.

Jobs run at least once, so a repeated notification or e-mail is no violation. A notification is
composed just before it is sent, from the messages that are unread at that time. So if a notification
shows a message, that message is older than the notification and is included in its unread count.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable

from tests.faults.history import History, Send
from tests.faults.known import Known
from tests.faults.snapshot import Row, Snapshot

KINDS = ("not_notified", "mail_lost", "mail_unexpected", "job_unfinished")
RECURRING = {
    "jobs.prune",
    "messaging.index",
    "messaging.prune_deleted_texts",
    "messaging.sweep_photo_files",
    "messaging.sweep_uploads",
    "notifications.mail_sweep",
    "notifications.prune",
    "notifications.sweep",
    "privacy.prune_exports",
    "trainer.prune_invitations",
    "users.fold_names",
    "users.prune_admin_sessions",
    "users.prune_sessions",
}
RESET_KIND = "users.mail_password_reset"
INVITATION_CODE = re.compile(r"/join#code=([\w-]+)", re.ASCII)
RESET_LINK = re.compile(r"/reset-password#uid=[\w-]+&token=[\w-]+", re.ASCII)
SEVERAL = re.compile(r"(\d+) new messages", re.ASCII)
BODY_LENGTH = 100
Report = Callable[[str, str], None]


def judge_consequences(history: History, snapshot: Snapshot, report: Report) -> None:
    """Report each missing or unexpected notification and e-mail, and each unfinished job."""
    for check in (_letters, _unread, _pushes, _invitations, _resets, _jobs):
        check(history, snapshot, report)


# Notifications
# ------------------------------------------------------------------------------
def _letters(history: History, snapshot: Snapshot, report: Report) -> None:
    """Check that each letter is stored once, and that the reader's device showed its exact text."""
    shown = {(each.user_id, each.body) for each in history.pushes}
    stored = Counter(row.content for row in snapshot.rows)
    for letter in history.letters:
        times = stored[letter.content]
        if times > 1:
            report("doubled", f"{letter.content!r} is stored {times} times")
        elif times < letter.is_accepted:
            report("lost", f"{letter.content!r} was accepted and is not stored")
        elif not letter.is_accepted:
            report("lost", f"{letter.content!r} was not accepted after all repairs")
        elif (letter.trainee_id, letter.content) not in shown:
            report("not_notified", f"user {letter.trainee_id} was not shown {letter.content!r}")


def _unread(history: History, snapshot: Snapshot, report: Report) -> None:
    """
    Check that each user with a device was notified of the newest unread message of each conversation.

    All messages that are unread now were already unread when that notification was sent. So its count
    must be at least the number of messages that are unread now.
    """
    known = Known(history, snapshot)
    for pair in snapshot.pairs.values():
        for user_id in {pair.trainer_id, pair.trainee_id} & snapshot.notified_users:
            unread = snapshot.unread_of(user_id, pair.id)
            if not unread or unread[-1].id not in known.sends:
                continue
            since, count = _began(known.sends[unread[-1].id]), len(unread)
            texts = _shown_texts(unread[-1], known) if count == 1 else set()
            if not any(
                each.at > since and each.unread_count >= count and _covers(each.body, count, texts)
                for each in history.pushes
                if (each.user_id, each.conversation_id) == (user_id, pair.id)
            ):
                report("not_notified", f"user {user_id} was not notified of {count} messages")


def _began(send: Send) -> float:
    return min((answer.began for answer in send.answers), default=0.0)


def _covers(body: str, count: int, texts: set[str]) -> bool:
    """Return whether a notification shows the only unread message, or counts all unread messages."""
    if several := SEVERAL.fullmatch(body):
        return int(several[1]) >= count
    return body in texts


def _shown_texts(row: Row, known: Known) -> set[str]:
    """Return what a notification of a message may show: any text that it has had."""
    texts = {shorten(text) for text in known.texts_of(row)}
    send = known.sends.get(row.id)
    return texts | {"Sent a photo"} if send and send.photo else texts


def _pushes(history: History, snapshot: Snapshot, report: Report) -> None:
    """Check that each notification shows or counts only messages that were sent to its user."""
    known = Known(history, snapshot)
    texts: dict[tuple[int, int], set[str]] = {}
    counts: Counter[tuple[int, int]] = Counter()
    for row in snapshot.rows:
        key = snapshot.pairs[row.conversation_id].other(row.sender_id), row.conversation_id
        texts.setdefault(key, set()).update(_shown_texts(row, known))
        counts[key] += 1
    for push in history.pushes:
        key = push.user_id, push.conversation_id
        several = SEVERAL.fullmatch(push.body)
        is_own = push.body in texts.get(key, ())
        if not (int(several[1]) <= counts[key] if several else is_own):
            report("wrong_person", f"user {push.user_id} was notified of {push}")


def shorten(text: str) -> str:
    """Return a message's text as a notification shows it."""
    line = " ".join(text.split())
    return line if len(line) <= BODY_LENGTH else f"{line[: BODY_LENGTH - 1]}…"


# E-mails
# ------------------------------------------------------------------------------
def _invitations(history: History, snapshot: Snapshot, report: Report) -> None:
    """Check that exactly the stored invitations were e-mailed, each with a link that opens it."""
    mailed: dict[str, set[str]] = {}
    for mail in history.mails:
        if code := INVITATION_CODE.search(mail.text):
            digest = hashlib.sha256(code[1].encode()).hexdigest()
            mailed.setdefault(mail.to, set()).add(digest)
    for invite in history.invites:
        if invite.is_accepted and invite.email not in snapshot.invitations:
            report("lost", f"the invitation to {invite.email} was accepted and is not stored")
    for email, code_hash in snapshot.invitations.items():
        if code_hash not in mailed.get(email, ()):
            report("mail_lost", f"the invitation to {email} was not mailed with its link")
    for email in mailed.keys() - snapshot.invitations.keys():
        report("mail_unexpected", f"{email} got an invitation that is not stored")


def _resets(history: History, snapshot: Snapshot, report: Report) -> None:
    """
    Check that each accepted or stored password reset was e-mailed, and that no other reset was.

    Each account requests at most one reset. A reset is stored only as its job, so these jobs are counted.
    """
    mailed = {each.to for each in history.mails if RESET_LINK.search(each.text)}
    stored = sum(job.kind == RESET_KIND for job in snapshot.jobs)
    missing = {reset.email for reset in history.resets if reset.is_accepted} - mailed
    for email in sorted(missing):
        report("mail_lost", f"{email} got no link to reset the password")
    if stored > len(mailed) + len(missing):
        report("mail_lost", f"{stored} resets are stored, and {len(mailed)} were mailed")
    if stored < len(mailed):
        report("mail_unexpected", f"{len(mailed)} resets were mailed, and {stored} are stored")


# Jobs
# ------------------------------------------------------------------------------
def _jobs(history: History, snapshot: Snapshot, report: Report) -> None:
    """Check that each job succeeded, and that each recurring job is scheduled exactly once."""
    for job in snapshot.jobs:
        if job.state == "failed":
            report("job_unfinished", f"{job.kind} was given up: {job.last_error}")
        elif job.state in ("waiting", "running") and job.kind not in RECURRING:
            report("job_unfinished", f"{job.kind} {job.key} is {job.state}: {job.last_error}")
    live = sorted(job.kind for job in snapshot.jobs if job.state in ("waiting", "running"))
    recurring = [kind for kind in live if kind in RECURRING]
    if recurring != sorted(RECURRING):
        report("job_unfinished", f"the recurring jobs that are scheduled are {recurring}")
