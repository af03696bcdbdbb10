"""The final contents of the database, read with plain SQL, without the product's code."""

import os
import sqlite3
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

MESSAGES = """
    SELECT id, conversation_id, sender_id, content, client_id, version, created_version, read_version,
        content_version, reaction_version, removed_at
    FROM messaging_message ORDER BY id
"""
CONVERSATIONS = """
    SELECT id, trainer_id, trainee_id, version, message_count, last_message_id
    FROM messaging_conversation ORDER BY id
"""
INVITATIONS = "SELECT email, code_hash FROM trainer_invitation"
JOBS = "SELECT kind, key, state, last_error FROM jobs_job ORDER BY id"
NOTIFIED = "SELECT DISTINCT user_id FROM users_devicetoken"
UPLOADS = "SELECT id, message_id, key FROM messaging_attachment ORDER BY id"
REACTIONS = "SELECT message_id, user_id, emoji FROM messaging_reaction"
# Where else texts are stored: earlier texts of edited messages, and the search index.
COPIES = """
    SELECT message_id, content FROM messaging_messagerevision
    UNION ALL SELECT message_id, folded FROM messaging_searchentry
"""
STATEMENTS = (MESSAGES, CONVERSATIONS, INVITATIONS, JOBS, NOTIFIED, UPLOADS, REACTIONS, COPIES)


@dataclass(frozen=True)
class Row:
    """A stored message."""

    id: int
    conversation_id: int
    sender_id: int
    content: str
    client_id: str | None
    version: int
    created_version: int
    read_version: int | None = None
    content_version: int | None = None
    reaction_version: int | None = None
    removed_at: Any = None

    @property
    def is_removed(self) -> bool:
        return self.removed_at is not None

    @property
    def was_read(self) -> bool:
        """Return whether its recipient has read it; the deletion of an unread message is no reading."""
        if self.read_version is None:
            return False
        return not (self.is_removed and self.read_version == self.content_version)


@dataclass(frozen=True)
class Pair:
    """A stored conversation."""

    id: int
    trainer_id: int
    trainee_id: int
    version: int
    message_count: int
    last_message_id: int | None

    def other(self, user_id: int) -> int:
        return self.trainee_id if user_id == self.trainer_id else self.trainer_id


@dataclass(frozen=True)
class JobRow:
    """A stored job."""

    kind: str
    key: str | None
    state: str
    last_error: str


@dataclass(frozen=True)
class UploadRow:
    """A stored photo; `message_id` is None if it was not sent."""

    id: int
    message_id: int | None
    key: str


@dataclass(frozen=True)
class Snapshot:
    """
    The contents of the database; `rows` are the messages in the order of their ids.

    `invitations` maps e-mail addresses to the hashes of their invitations' codes. `notified_users` are the
    users who have a device. `reactions` are (message, user, emoji), `copies` are (message, text) in other
    tables, and `files` are the names of the stored files, or None if they were not listed.
    """

    pairs: dict[int, Pair]
    rows: list[Row]
    invitations: dict[str, str] = field(default_factory=dict)
    jobs: list[JobRow] = field(default_factory=list)
    notified_users: frozenset[int] = frozenset()
    uploads: list[UploadRow] = field(default_factory=list)
    reactions: frozenset[tuple[int, int, str]] = frozenset()
    copies: list[tuple[int, str]] = field(default_factory=list)
    files: frozenset[str] | None = None

    @cached_property
    def _rows_by_conversation(self) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.conversation_id, []).append(row)
        return found

    @property
    def versions(self) -> dict[int, int]:
        """Return {conversation: version}."""
        return {pair.id: pair.version for pair in self.pairs.values()}

    def rows_of(self, conversation_id: int) -> list[Row]:
        return self._rows_by_conversation.get(conversation_id, [])

    def unread_of(self, user_id: int, conversation_id: int) -> list[Row]:
        """Return the unread messages that the other side of a conversation wrote."""
        rows = self.rows_of(conversation_id)
        return [row for row in rows if row.sender_id != user_id and row.read_version is None]

    def count_unread(self, user_id: int, conversation_id: int | None = None) -> int:
        """Count a user's unread messages one by one, in one conversation or in all."""
        own = {
            pair.id for pair in self.pairs.values() if user_id in (pair.trainer_id, pair.trainee_id)
        }
        wanted = own if conversation_id is None else own & {conversation_id}
        return sum(
            row.conversation_id in wanted and row.sender_id != user_id and row.read_version is None
            for row in self.rows
        )


def take_snapshot(database_url: str, media: Path | None = None) -> Snapshot:
    """Read all tables in one transaction, and then list the files in the folder `media`."""
    messages, conversations, invitations, jobs, notified, *more = _read(database_url)
    uploads, reactions, copies = more
    pairs = {pair.id: pair for pair in (Pair(*values) for values in conversations)}
    return Snapshot(
        pairs,
        [_row(values) for values in messages],
        dict(invitations),
        [JobRow(*values) for values in jobs],
        frozenset(user_id for (user_id,) in notified),
        [UploadRow(*values) for values in uploads],
        frozenset((message, user, emoji) for message, user, emoji in reactions),
        [(message, text) for message, text in copies],
        list_files(media) if media else None,
    )


def list_files(media: Path) -> frozenset[str]:
    """Return the names of all files in the storage."""
    files = (each for each in media.rglob("*") if each.is_file())
    return frozenset(str(each.relative_to(media)) for each in files)


def _row(values: tuple[Any, ...]) -> Row:
    row = list(values)
    row[4] = str(UUID(str(row[4]))) if row[4] else None
    return Row(*row)


def _read(database_url: str) -> list[list[Any]]:
    if database_url.startswith("sqlite:///"):
        with sqlite3.connect(database_url.removeprefix("sqlite:///"), timeout=20) as lite:
            lite.execute("BEGIN")
            return [lite.execute(statement).fetchall() for statement in STATEMENTS]
    with psycopg.connect(database_url, connect_timeout=5) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return [connection.execute(statement).fetchall() for statement in STATEMENTS]


def skip_pauses(database_url: str) -> None:
    """Make failed jobs due now, as if the pause before their retry had passed."""
    _write(database_url, "UPDATE jobs_job SET due_at = {} WHERE state = 'waiting' AND attempts > 0")


def expire_uploads(database_url: str, media: Path) -> None:
    """Make what no message has two days old, and the sweeps due now, as if two days had passed."""
    long_ago = time.time() - 2 * 24 * 60 * 60
    for name in list_files(media):
        os.utime(media / name, (long_ago, long_ago))
    _write(
        database_url,
        "UPDATE messaging_attachment SET created_at = '2020-01-01 00:00:00' WHERE message_id IS NULL",
        "UPDATE jobs_job SET due_at = {} WHERE state = 'waiting' AND kind LIKE 'messaging.sweep%'",
    )


def _write(database_url: str, *statements: str) -> None:
    """Execute statements, in which `{}` is the present time."""
    if database_url.startswith("sqlite:///"):
        with sqlite3.connect(database_url.removeprefix("sqlite:///"), timeout=20) as lite:
            for statement in statements:
                lite.execute(statement.format("strftime('%Y-%m-%d %H:%M:%f', 'now')"))
    else:
        with psycopg.connect(database_url, connect_timeout=5) as connection:
            for statement in statements:
                connection.execute(statement.format("now()"))
