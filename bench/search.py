"""
Measure searches, for people with many and with few messages, and for common and rare words.

The texts are sentences of Python's documentation, so their words are as frequent as in English. Every
100,000th message also has a word that no other has.
"""

import io
import random
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pydoc_data.topics import topics
from typing import Any
from urllib.request import Request, urlopen

import psycopg

from bench.dataset import BUSY_TRAINER, CONVERSATIONS, FIRST_TRAINEE, Dataset, token_of
from bench.processes import Served, product
from bench.servers import Statements
from messaging.search.grams import ERA_BITS, grams_of, number_grams
from text.folding import fold_message

SENTENCES = 20_000
RARE = "zanzibar"
RARE_EVERY = 100_000
QUERIES = {
    "common word": "search/?q=the",
    "frequent word": "search/?q=class",
    "less frequent word": "search/?q=python",
    "parts of two words": "search/?q=terat+method",
    "two characters": "search/?q=qu",
    "rare word": f"search/?q={RARE}",
    "no hit": "search/?q=nonexisting",
    # No search: the time that each request takes anyway.
    "unread count": "unread-count/",
}
# A trainer with 500 conversations, one with 20, and a trainee.
PEOPLE = {"500": BUSY_TRAINER, "20": 2, "1": FIRST_TRAINEE + 600}
ROUNDS = 20
VARIED_TEXT = (
    f"(SELECT content FROM bench_text WHERE id = mod((n * {CONVERSATIONS} + k) * 7919, {SENTENCES}))"
    f" || CASE WHEN mod(n * {CONVERSATIONS} + k, {RARE_EVERY}) = 7 THEN ' {RARE}' ELSE '' END"
)
# Unlogged, because the benchmark never needs these rows after a crash.
_BEFORE = (
    "DROP INDEX messaging_searchentry_grams",
    "ALTER TABLE messaging_searchentry SET UNLOGGED",
)
_AFTER = (
    "SET maintenance_work_mem = '4GB'",
    "CREATE INDEX messaging_searchentry_grams ON messaging_searchentry USING gin (grams)"
    " WITH (fastupdate = off)",
    "VACUUM ANALYZE messaging_searchentry",
)
_CHUNK = 5000


@dataclass(frozen=True)
class Search:
    """
    The times of one query, for one person.

    `least_ms` is the shortest of 20 times, which depends least on what else the machine does. `pages` is
    the number of pages of 8 KB that the database has read for one request, which does not depend on it.
    """

    messages: int
    conversations: str
    query: str
    found: int
    least_ms: float
    p50_ms: float
    pages: int


def measure_searches(data: Dataset, redis_url: str) -> list[Search]:
    """Time each query of each person, on a dataset that `fill_searchable` has filled."""
    with product(data.database_url, redis_url) as server:
        rounds = [
            [_time(server, data, person, name) for person in PEOPLE for name in QUERIES]
            for _ in ("a warm-up", "what counts")
        ]
    return rounds[-1]


def _time(server: Served, data: Dataset, person: str, name: str) -> Search:
    url = f"{server.url}/api/messaging/{QUERIES[name]}"
    headers = {"Authorization": f"Bearer {token_of(PEOPLE[person])}"}
    request = Request(url, headers=headers)  # noqa: S310 - the benchmark's own server
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        body = _read(request)
        times.append((time.perf_counter() - begin) * 1000)
    with Statements(data.database_url) as statements:
        _read(request)
    found = int(re.findall(rb'"(?:unread_)?count":(\d+)', body)[0])
    least, p50 = min(times), statistics.median(times)
    return Search(data.total, person, name, found, least, p50, statements.pages)


def _read(request: Request) -> bytes:
    with urlopen(request) as response:  # noqa: S310 - the benchmark's own server
        body: bytes = response.read()
    return body


def fill_searchable(database_url: str, messages: int) -> Dataset:
    """Fill a database with varied texts, and index all of them at once, unlike the job."""
    data = Dataset(database_url, messages, VARIED_TEXT)
    with psycopg.connect(database_url, autocommit=True) as connection:
        _write_sentences(connection)
    data.fill()
    with psycopg.connect(database_url, autocommit=True) as connection:
        for statement in _BEFORE:
            connection.execute(statement)
        with connection.cursor().copy("COPY messaging_searchentry FROM STDIN") as copy:
            for chunk in _list_entries(data):
                copy.write(chunk)
        for statement in _AFTER:
            connection.execute(statement)
    return data


def _write_sentences(connection: psycopg.Connection[Any]) -> None:
    words = re.sub(r"[^\w\s.,!?'-]", " ", " ".join(topics.values())).split()
    choose = random.Random(1)
    connection.execute("CREATE TABLE bench_text (id bigint PRIMARY KEY, content text NOT NULL)")
    with connection.cursor().copy("COPY bench_text FROM STDIN") as copy:
        for number in range(SENTENCES):
            start = choose.randrange(len(words) - 20)
            copy.write_row((number, " ".join(words[start : start + choose.randrange(4, 17)])))
    connection.execute("ANALYZE bench_text")


def _list_entries(data: Dataset) -> Iterator[str]:
    """Yield chunks of the text form of COPY. The texts have no backslash, tab or newline."""
    era, numbers = -1, dict[int, _Numbers]()
    with psycopg.connect(data.database_url) as connection:
        rows = connection.cursor("messages")
        rows.itersize = _CHUNK
        rows.execute("SELECT id, conversation_id, content FROM messaging_message ORDER BY id")
        while found := rows.fetchmany(_CHUNK):
            chunk = io.StringIO()
            for message_id, conversation_id, content in found:
                if message_id >> ERA_BITS != era:
                    era = message_id >> ERA_BITS
                    numbers = {each + 1: _Numbers(each + 1, era) for each in range(CONVERSATIONS)}
                folded, grams = _fold(content)
                array = ",".join(map(numbers[conversation_id].__getitem__, grams))
                chunk.write(f"{message_id}\t{conversation_id}\t{folded}\t{{{array}}}\n")
            yield chunk.getvalue()


class _Numbers(dict[str, str]):
    """The numbers of grams in one conversation and era. To compute each again takes ten times as long."""

    def __init__(self, conversation_id: int, era: int) -> None:
        self._place = conversation_id, era

    def __missing__(self, gram: str) -> str:
        self[gram] = str(number_grams([gram], *self._place)[0])
        return self[gram]


@lru_cache(maxsize=2 * SENTENCES)
def _fold(content: str) -> tuple[str, frozenset[str]]:
    folded = fold_message(content)
    return folded, frozenset(grams_of(folded))
