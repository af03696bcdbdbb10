"""
Finds indexed messages on PostgreSQL.

The cost does not grow with the messages of other people. A common word is found in the newest messages;
others in the index, which is asked for each conversation and era, from the newest era to the oldest.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

from django.db import transaction

from db.sql import fetch_all, fetch_one
from messaging.search.grams import ERA_BITS, grams_of, number_grams

NEWEST, MANY_NEWEST = 4096, 65536
"""The ranges of message ids to read for a common word: 2 ms for the first, about 40 ms for the second."""
COMPARED = 20_000
"""The number of newest messages to read for words that have no grams, such as single letters."""
GRAMS = 4
"""More grams would cost more in each conversation than the few other messages that they exclude."""

# The planner does not know how few rows a gram has, and would compile its plan for a second.
_PLAN = "SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)"
_SPAN = "SELECT min(message_id), max(message_id) FROM messaging_searchentry"
_RECENT = """
SELECT e.message_id FROM messaging_searchentry e
WHERE e.message_id > %s AND e.conversation_id = ANY(%s::bigint[]){contain}
ORDER BY e.message_id DESC LIMIT %s
"""
# OFFSET 0 keeps the planner from joining in another order.
_BY_GRAMS = """
SELECT found.message_id FROM unnest(%s::bigint[], %s::text[]) probe (conversation_id, grams)
CROSS JOIN LATERAL (
    SELECT e.message_id FROM messaging_searchentry e
    WHERE e.grams @> probe.grams::integer[] AND e.conversation_id = probe.conversation_id{contain} OFFSET 0
) found
ORDER BY found.message_id DESC LIMIT %s
"""
_COMPARED = """
SELECT e.message_id FROM unnest(%s::bigint[]) own (conversation_id)
CROSS JOIN LATERAL (
    SELECT m.id FROM messaging_message m WHERE m.conversation_id = own.conversation_id
    ORDER BY m.id DESC LIMIT %s
) newest
JOIN messaging_searchentry e ON e.message_id = newest.id
WHERE true{contain} ORDER BY e.message_id DESC LIMIT %s
"""


@transaction.atomic
def find(conversation_ids: Sequence[int], words: Sequence[str], limit: int) -> list[int]:
    """Return the ids of the newest messages with all words, newest first."""
    fetch_one(_PLAN, [])
    grams = sorted(set(chain.from_iterable(map(grams_of, words))))
    if not grams:
        return _compare(conversation_ids, words, limit)
    oldest, newest = fetch_one(_SPAN, []) or (None, None)
    if newest is None:
        return []
    return _find_common(conversation_ids, words, limit, newest) or _find_in_eras(
        conversation_ids,
        words,
        limit,
        _choose(grams),
        range(oldest >> ERA_BITS, (newest >> ERA_BITS) + 1),
    )


def _find_common(
    conversation_ids: Sequence[int], words: Sequence[str], limit: int, newest: int
) -> list[int]:
    """Return `limit` messages if the words are so common in the newest messages, or else nothing."""
    found = _select(_RECENT, words, [newest - NEWEST, list(conversation_ids)], limit)
    if limit > len(found) >= limit * NEWEST / MANY_NEWEST:
        found = _select(_RECENT, words, [newest - MANY_NEWEST, list(conversation_ids)], limit)
    return found if len(found) == limit else []


def _find_in_eras(
    conversation_ids: Sequence[int],
    words: Sequence[str],
    limit: int,
    grams: Sequence[str],
    eras: range,
) -> list[int]:
    """Return the newest messages with all words; each statement asks for twice as many eras."""
    found: list[int] = []
    for some in _grouped(eras[::-1]):
        probes = [
            (each, number_grams(grams, each, era)) for era in some for each in conversation_ids
        ]
        conversations = [each for each, _ in probes]
        arrays = [f"{{{','.join(map(str, numbers))}}}" for _, numbers in probes]
        found += _select(_BY_GRAMS, words, [conversations, arrays], limit - len(found))
        if len(found) == limit:
            break
    return found


def _grouped(eras: Sequence[int]) -> Iterator[Sequence[int]]:
    start, size = 0, 1
    while start < len(eras):
        yield eras[start : start + size]
        start, size = start + size, size * 2


def _compare(conversation_ids: Sequence[int], words: Sequence[str], limit: int) -> list[int]:
    """Return the newest messages with all words, among the newest of each conversation."""
    each = max(COMPARED // max(len(conversation_ids), 1), 1)
    return _select(_COMPARED, words, [list(conversation_ids), each], limit)


def _choose(grams: Sequence[str]) -> Sequence[str]:
    """Return at most `GRAMS` grams, at equal distances in the order of the alphabet."""
    return [grams[at * len(grams) // GRAMS] for at in range(GRAMS)] if len(grams) > GRAMS else grams


def _select(sql: str, words: Sequence[str], params: Sequence[object], limit: int) -> list[int]:
    contain = " AND strpos(e.folded, %s) > 0" * len(words)
    rows = fetch_all(sql.format(contain=contain), [*params, *words, limit])
    return [message_id for (message_id,) in rows]
