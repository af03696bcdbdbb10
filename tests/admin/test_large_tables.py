"""No list of the admin counts, groups, ranges or sorts a whole table."""

import re

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from backoffice import pages
from messaging.models import Conversation, Message
from tests.admin.pages import registered_models, url
from tests.factories import write
from users.models import User

every_model = pytest.mark.parametrize(
    "model", registered_models(), ids=lambda model: model.__name__
)


def queries_of(browser: Browser, page: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(page, follow=True).status_code == 200
    return [each["sql"] for each in captured.captured_queries]


@every_model
@pytest.mark.parametrize("query", ["", "?o=1", "?o=-2.1", "?p=2", "?all="])
def test_list_reads_only_the_newest_rows_of_its_table(
    superuser: Browser, everything: Conversation, model: type[Model], query: str
) -> None:
    table = model._meta.db_table
    answer = superuser.get(url(model, "changelist") + query, follow=True)
    assert answer.status_code == 200

    queries = [
        each
        for each in queries_of(superuser, url(model, "changelist"))
        if f'FROM "{table}"' in each
    ]

    assert queries
    assert all("LIMIT" in each for each in queries if each.startswith("SELECT COUNT("))
    assert not [each for each in queries if re.search(r"MIN\(|MAX\(|DATE_TRUNC|django_date", each)]
    orders = {part for each in queries for part in re.findall(r"ORDER BY (\S+(?: \w+)?)", each)}
    assert orders <= {f'"{table}"."id" DESC', "1 DESC", f'"{table}"."user_ptr_id" DESC'}


@every_model
def test_list_has_no_date_navigation_and_no_order_by_columns(model: type[Model]) -> None:
    page = admin.site.get_model_admin(model)

    assert page.date_hierarchy is None
    assert page.paginator is pages.BoundedPaginator
    assert not page.show_full_result_count
    assert page.get_sortable_by(None) == ()  # type: ignore[arg-type]  # it is not used


@pytest.mark.parametrize("order", ["1", "-4", "3.2"])
def test_order_of_the_address_is_ignored(
    superuser: Browser, everything: Conversation, order: str
) -> None:
    listed = superuser.get(f"/admin/messaging/message/?o={order}").context["cl"].result_list

    assert list(listed) == list(Message.objects.order_by("-pk"))


def test_count_stops_at_its_limit(
    superuser: Browser,
    alice: User,
    conversation: Conversation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(alice, conversation, *map(str, range(7)))
    monkeypatch.setattr(pages, "MAX_COUNTED", 5)

    changelist = superuser.get("/admin/messaging/message/").context["cl"]

    assert changelist.result_count == 5


def test_search_for_messages_finds_people_first(
    superuser: Browser, bob: User, everything: Conversation
) -> None:
    queries = queries_of(superuser, "/admin/messaging/message/?q=Bob")

    searches = [each for each in queries if "LIKE" in each.upper()]
    assert len(searches) == 1
    assert 'FROM "users_user"' in searches[0]
    assert '"messaging_message"' not in searches[0]


@pytest.mark.postgres_only("SQLite has no such plans")
def test_newest_messages_are_read_by_the_primary_key(
    superuser: Browser, alice: User, conversation: Conversation
) -> None:
    write(alice, conversation, "One", "Two")
    queries = queries_of(superuser, "/admin/messaging/message/")
    selected = [each for each in queries if 'FROM "messaging_message"' in each]

    with connection.cursor() as cursor:
        for way in ("seqscan", "sort", "bitmapscan"):  # all of which suit a table of three rows
            cursor.execute(f"SET LOCAL enable_{way} = off")
        plans = []
        for each in selected:
            cursor.execute(f"EXPLAIN {each}")
            plans.append("\n".join(row[0] for row in cursor.fetchall()))

    assert len(plans) == 2
    assert all("messaging_message_pkey" in each for each in plans)
    assert not [each for each in plans if "Sort" in each]
