"""Connects what clients did with the rows that the database has at the end."""

from functools import cached_property
from typing import Any

from tests.faults.history import History, Send
from tests.faults.snapshot import Row, Snapshot
from tests.faults.texts import marks_in


class Known:
    """The stored messages by id, the sends that they come from, and the marks of all their texts."""

    def __init__(self, history: History, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.rows = {row.id: row for row in snapshot.rows}
        by_client_id = {send.client_id: send for send in history.sends}
        self.sends: dict[int, Send] = {
            row.id: by_client_id[row.client_id]
            for row in snapshot.rows
            if row.client_id in by_client_id
        }

    def texts_of(self, row: Row) -> list[str]:
        """Return all texts that a message may have had."""
        send = self.sends.get(row.id)
        return [row.content, *(send.texts if send else ())]

    @cached_property
    def owners(self) -> dict[str, Row]:
        """Return the message of each mark."""
        return {
            mark: row
            for row in self.rows.values()
            for text in self.texts_of(row)
            for mark in marks_in(text)
        }

    @cached_property
    def reactions(self) -> dict[int, set[tuple[str, int]]]:
        """Return the stored (emoji, user) of each message that has any."""
        found: dict[int, set[tuple[str, int]]] = {}
        for message_id, user_id, emoji in self.snapshot.reactions:
            found.setdefault(message_id, set()).add((emoji, user_id))
        return found

    @cached_property
    def photos(self) -> dict[int, list[int]]:
        """Return the ids of the stored photos of each message that has any."""
        found: dict[int, list[int]] = {}
        for upload in self.snapshot.uploads:
            if upload.message_id is not None:
                found.setdefault(upload.message_id, []).append(upload.id)
        return found

    def find_stale(self, shown: Any, version: int) -> list[tuple[str, str]]:
        """
        Return (kind, sentence) for each text in `shown` that its message no longer had.

        `shown` has the state of its conversation at `version`, or a later one.
        """
        found = []
        for mark in marks_in(shown):
            row = self.owners.get(mark)
            if row and (row.content_version or 0) <= version and mark not in row.content:
                kind = "deleted_text_seen" if row.is_removed else "edit_lost"
                found.append((kind, f"version {version} shows {mark} of message {row.id}"))
        return found
