"""Finds indexed messages on SQLite, with the trigrams of FTS5."""

import json
from collections.abc import Sequence

from db.sql import fetch_all

TRIGRAM = 3
_MATCHING = """
SELECT e.message_id FROM messaging_searchindex i
JOIN messaging_searchentry e ON e.message_id = i.rowid
WHERE messaging_searchindex MATCH %s AND e.conversation_id IN (SELECT value FROM json_each(%s)){contain}
ORDER BY i.rowid DESC LIMIT %s
"""
_ALL = """
SELECT e.message_id FROM messaging_searchentry e
WHERE e.conversation_id IN (SELECT value FROM json_each(%s)){contain}
ORDER BY e.message_id DESC LIMIT %s
"""


def find(conversation_ids: Sequence[int], words: Sequence[str], limit: int) -> list[int]:
    """
    Return the ids of the newest messages with all words, newest first.

    FTS5 has no words of fewer than three characters, so without a longer one all texts are compared.
    """
    long = " ".join(f'"{_quoted(word)}"' for word in words if len(word) >= TRIGRAM)
    source, params = (_MATCHING, [long]) if long else (_ALL, [])
    sql = source.format(contain=" AND instr(e.folded, %s) > 0" * len(words))
    rows = fetch_all(sql, [*params, json.dumps(list(conversation_ids)), *words, limit])
    return [message_id for (message_id,) in rows]


def _quoted(word: str) -> str:
    return word.replace('"', '""')
