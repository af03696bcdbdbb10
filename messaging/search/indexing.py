"""Adds the texts of new and changed messages to the search index."""

import time
from collections.abc import Sequence

from django.db import connection, transaction

from db.sql import execute
from messaging.models import Extra, Message, SearchEntry, SearchPending
from messaging.search.grams import ERA_BITS, grams_of, number_grams
from text.folding import fold_message

BATCH = 200
_ADD = """
INSERT INTO messaging_searchentry (message_id, conversation_id, folded, grams)
SELECT added.message_id, added.conversation_id, added.folded, added.grams::integer[]
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[])
    AS added (message_id, conversation_id, folded, grams)
"""


def index_messages(*, seconds: float, share: float = 1) -> bool:
    """
    Index pending messages, the newest first, for about this long; return whether some are left.

    `share` is the part of this time in which to work. The rest are pauses after each batch, so that others'
    requests find the processor and the database free. Several processes may index at the same time, and an
    interrupted call loses nothing.
    """
    begin = time.monotonic()
    until = begin + seconds
    while has_more := _index_some():
        end = time.monotonic()
        if end >= until:
            break
        time.sleep(min((end - begin) * (1 / share - 1), until - end))
        begin = time.monotonic()
    return has_more


@transaction.atomic
def _index_some() -> bool:
    """
    Index at most 200 messages in a transaction of 20 to 50 ms; return whether there may be more.

    Rows that a change of the message or another process has locked are left for later. Texts are read
    after the rows were locked: a later change waits, and then notes the message again.
    """
    pending = SearchPending.objects.order_by("-pk").select_for_update(skip_locked=True)
    ids = list(pending.values_list("pk", flat=True)[:BATCH])
    found = Message.objects.filter(pk__in=ids, removed_at=None).exclude(content="")
    SearchEntry.objects.filter(pk__in=ids).delete()
    _add(
        [
            SearchEntry(
                message_id=each.pk,
                conversation_id=each.conversation_id,
                folded=fold_message(each.content),
            )
            for each in found.only("conversation", "content", "extras")
            if not each.extras & Extra.JOINED
        ]
    )
    SearchPending.objects.filter(pk__in=ids).delete()
    return len(ids) == BATCH


def _add(entries: Sequence[SearchEntry]) -> None:
    if connection.vendor != "postgresql":
        SearchEntry.objects.bulk_create(entries)
    elif entries:
        ids = [each.message_id for each in entries]
        conversation_ids = [each.conversation_id for each in entries]
        texts = [each.folded for each in entries]
        execute(_ADD, [ids, conversation_ids, texts, [_grams(each) for each in entries]])


def _grams(entry: SearchEntry) -> str:
    """Return the grams of an entry as PostgreSQL's text form of an array."""
    era = entry.message_id >> ERA_BITS
    numbers = number_grams(grams_of(entry.folded), entry.conversation_id, era)
    return f"{{{','.join(map(str, numbers))}}}"
