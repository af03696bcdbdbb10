"""
The cost of a list does not grow with its contents.

The list of the original code joined all messages: 50 conversations took 18 ms with 20 messages each,
and 5.8 s with 8,000 messages each.
"""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from messaging.models import Conversation, Message
from messaging.selectors import count_unread, list_changes, list_newest_messages
from messaging.services.reading import mark_read
from tests.conftest import Client
from tests.messaging.crowd import make_crowd
from users.models import User

LIST = "/api/messaging/conversations/"


def queries_of(api: Client, url: str) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert api.get(url).status_code == 200
    return [query["sql"] for query in captured]


def messages_url(conversation: Conversation, query: str = "") -> str:
    return f"{LIST}{conversation.pk}/messages/{query}"


def test_list_of_1_and_of_50_with_200_messages_takes_three_queries_at_most(
    api: Client, alice: User
) -> None:
    api.as_user(alice)
    assert len(queries_of(api, LIST)) == 2
    make_crowd(alice, 1, messages=1)
    assert len(queries_of(api, LIST)) == 2  # the user and the page, which is not full

    make_crowd(alice, 49, messages=200)

    assert len(queries_of(api, LIST)) == 3  # the total in addition
    assert len(queries_of(api, f"{LIST}?page=1")) == 3
    answer = api.get(LIST).json()
    assert (len(answer["results"]), answer["count"], answer["next"]) == (50, 50, None)


def test_count_and_pages_are_right_on_every_page(api: Client, alice: User) -> None:
    make_crowd(alice, 51, messages=1)
    api.as_user(alice)

    first, second = (api.get(f"{LIST}?page={number}").json() for number in (1, 2))

    assert (first["count"], len(first["results"]), first["previous"]) == (51, 50, None)
    assert first["next"].endswith("?page=2")
    assert (second["count"], len(second["results"]), second["next"]) == (51, 1, None)
    assert api.get(f"{LIST}?page=3").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_send_makes_two_database_round_trips(
    api: Client, bob: User, conversation: Conversation
) -> None:
    api.as_user(bob)

    with CaptureQueriesContext(connection) as captured:
        api.post(f"{LIST}{conversation.pk}/send/", {"content": "Hi"})

    # The user, and a single statement without BEGIN and COMMIT; on SQLite, three statements with BEGIN
    # and COMMIT.
    assert len(captured) == (2 if connection.vendor == "postgresql" else 6)


def scanned_rows(plan: dict[str, Any]) -> int:
    """Count the message rows that PostgreSQL has read while it executed a plan."""
    own = 0
    if plan.get("Relation Name") == "messaging_message":
        removed = plan.get("Rows Removed by Filter", 0)
        own = (plan["Actual Rows"] + removed) * plan["Actual Loops"]
    return int(own + sum(scanned_rows(each) for each in plan.get("Plans", [])))


def explain(query: str) -> str:
    """Return the plan of a captured query; on PostgreSQL, with figures from executing it again."""
    is_postgres = connection.vendor == "postgresql"
    how = "EXPLAIN (ANALYZE, FORMAT JSON)" if is_postgres else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{how} {query}")
        rows = cursor.fetchall()
    return json.dumps(rows[0][0]) if is_postgres else "\n".join(str(row[-1]) for row in rows)


@pytest.fixture
def history(alice: User) -> list[Conversation]:
    """50 conversations of 200 messages: only the newest message of each participant is unread."""
    conversations = make_crowd(alice, 50, messages=200)
    for conversation in conversations:
        Message.objects.filter(conversation=conversation, created_version__lte=198).update(
            read_at=conversation.created_at, read_version=201, version=201
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return conversations


@pytest.mark.parametrize("url", [LIST, "/api/messaging/unread-count/"])
def test_list_and_count_read_unread_messages_only(
    api: Client, alice: User, history: list[Conversation], url: str
) -> None:
    queries = queries_of(api.as_user(alice), url)

    plans = [explain(each) for each in queries if "messaging_message" in each]
    assert_reads_few(plans)
    assert count_unread(alice) == 50


def assert_reads_few(plans: list[str]) -> None:
    """Check that few of 10,000 messages are scanned: 100 are unread, and 50 are last in a conversation."""
    if connection.vendor == "postgresql":
        rows = sum(scanned_rows(json.loads(each)[0]["Plan"]) for each in plans)
        assert 0 < rows <= 200
    else:
        assert "messaging_message_unread" in plans[-1]
        assert not [each for each in plans if "SCAN messaging_message" in each]


@pytest.mark.parametrize("query", ["", "?before=999999999", "?after=0", "?since=0"])
def test_pages_of_messages_make_the_same_queries_with_1_and_30(
    api: Client, alice: User, query: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    short, long = make_crowd(alice, 1, messages=1)[0], make_crowd(alice, 1, messages=30)[0]
    api.as_user(alice)

    for conversation in (short, long):
        # One query reads the user; the other reads the page, the conversation and its participants.
        with django_assert_num_queries(2):
            assert api.get(messages_url(conversation, query)).status_code == 200


def test_numbered_page_counts_no_messages(api: Client, alice: User) -> None:
    conversation = make_crowd(alice, 1, messages=30)[0]

    queries = queries_of(api.as_user(alice), messages_url(conversation))

    assert not [each for each in queries if "COUNT(" in each]


def test_unread_count_takes_two_queries(
    api: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    api.as_user(alice)
    for size in (1, 29):
        make_crowd(alice, size, messages=4)

        with django_assert_num_queries(2):
            api.get("/api/messaging/unread-count/")


def test_send_makes_the_same_queries_for_any_length_of_history(api: Client, alice: User) -> None:
    counts = []
    for size in (1, 300):
        conversation = make_crowd(alice, 1, messages=size)[0]
        with CaptureQueriesContext(connection) as captured:
            response = api.as_user(alice).post(f"{LIST}{conversation.pk}/send/", {"content": "Hi"})
        assert response.status_code == 201
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_read_makes_the_same_queries_for_any_unread_count(alice: User) -> None:
    counts = []
    for size in (2, 300):
        conversation = make_crowd(alice, 1, messages=size)[0]
        with CaptureQueriesContext(connection) as captured:
            mark_read(reader=alice, conversation_id=conversation.pk)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_list_reads_its_page_from_a_sorted_index(api: Client, alice: User) -> None:
    """Without the index, the cost of a page would grow with the number of a trainer's conversations."""
    make_crowd(alice, 500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    page = next(each for each in queries_of(api.as_user(alice), LIST) if "LIMIT 50" in each)

    plan = explain(page)
    if connection.vendor == "postgresql":
        plan = json.dumps(find_limit(json.loads(plan)[0]["Plan"]))
        assert '"Node Type": "Sort"' not in plan
    assert "messaging_conv_of_trainer" in plan


def find_limit(plan: dict[str, Any]) -> dict[str, Any] | None:
    """Return the "Limit" node of a plan with its children, or None."""
    if plan["Node Type"] == "Limit":
        return plan
    return next(filter(None, map(find_limit, plan.get("Plans", []))), None)


def count_plans() -> tuple[int, int]:
    """Return how many statements for message pages are prepared, and how often they were replanned."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum(custom_plans), 0)::int FROM pg_prepared_statements"
            """ WHERE statement LIKE '%"messaging_message"."content"%LIMIT%'"""
        )
        prepared, planned = cursor.fetchone()
    return int(prepared), int(planned)


@pytest.mark.postgres_only("SQLite prepares no statements")
def test_pages_are_planned_once_per_connection(alice: User) -> None:
    """Planning takes longer than reading a page; as a history grows, PostgreSQL could plan every page."""
    conversation = make_crowd(alice, 1, messages=3000)[0]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    counts = []
    for _ in range(2):
        for _ in range(20):
            list_newest_messages(alice, conversation.pk, 20)
            list_changes(alice, conversation.pk, 2990, 100)
        counts.append(count_plans())

    (prepared, _), _ = counts
    assert prepared == 2
    assert counts[0] == counts[1]
