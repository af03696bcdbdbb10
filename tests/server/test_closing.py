"""At the end of a request, its resources and broken database connections are closed."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import connection, connections, transaction
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path

from server.handler import OneHopHandler
from server.kept_connections import replace_cut_connections
from tests.refusals import refusal
from tests.server.requests import Request, run

pytestmark = pytest.mark.django_db(transaction=True)

View = Callable[[HttpRequest], HttpResponseBase]


@pytest.fixture
def serve(settings: Any) -> Callable[..., list[Request]]:
    """Return a function that requests each view once, in order, in the same thread."""
    settings.API_THREADS = 1

    def serve(*views: View) -> list[Request]:
        routes = ModuleType("routes")
        routes.urlpatterns = [  # type: ignore[attr-defined]
            path(f"api/{number}/", view) for number, view in enumerate(views)
        ]
        settings.ROOT_URLCONF = routes

        async def story(handler: OneHopHandler) -> list[Request]:
            return [
                await Request("GET", f"/api/{number}/").ask(handler) for number in range(len(views))
            ]

        return run(story)

    return serve


class Resource:
    def __init__(self) -> None:
        self.is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield from (b"one ", b"two")

    def close(self) -> None:
        self.is_closed = True


def test_content_of_a_response_is_read_to_its_end_and_closed(serve: Any) -> None:
    resource = Resource()

    (answer,) = serve(lambda _: StreamingHttpResponse(resource))

    assert (answer.content, answer.headers["content-length"]) == (b"one two", "7")
    assert resource.is_closed


def test_file_of_a_response_is_closed(serve: Any, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"content")
    opened = file.open("rb")

    (answer,) = serve(lambda _: FileResponse(opened))

    assert (answer.status, answer.content) == (200, b"content")
    assert opened.closed


def test_content_of_a_failing_response_is_closed(serve: Any) -> None:
    class Broken(Resource):
        def __iter__(self) -> Iterator[bytes]:
            yield b"one "
            raise ZeroDivisionError

    resource = Broken()

    with pytest.raises(ZeroDivisionError):
        serve(lambda _: StreamingHttpResponse(resource))

    assert resource.is_closed


def test_request_that_cannot_be_decoded_is_malformed() -> None:
    request = Request("GET")
    request.scope["query_string"] = b"page=\xff"

    answer = run(request.ask)

    assert (answer.status, answer.headers["cache-control"]) == (400, "no-store")
    assert answer.json() == refusal("The request is malformed.", "bad_request")


def test_signals_of_a_request_are_sent_around_its_view(serve: Any) -> None:
    seen: list[str] = []

    def view(_: HttpRequest) -> HttpResponse:
        seen.append("view")
        return HttpResponse()

    def note_start(**_: Any) -> None:
        seen.append("started")

    def note_end(**_: Any) -> None:
        seen.append("finished")

    request_started.connect(note_start)
    request_finished.connect(note_end)
    try:
        serve(view, view)
    finally:
        request_started.disconnect(note_start)
        request_finished.disconnect(note_end)

    assert seen == ["started", "view", "finished"] * 2


# Database connections
# ------------------------------------------------------------------------------
def ask_database(_: HttpRequest) -> HttpResponse:
    """Respond with the name of the thread and the identity of its database connection."""
    connection.ensure_connection()
    return HttpResponse(f"{threading.current_thread().name} {id(connection.connection)}")


def test_thread_keeps_its_database_connection(serve: Any) -> None:
    first, second = serve(ask_database, ask_database)

    assert first.content == second.content
    assert first.content.startswith(b"api")


def test_database_connection_that_no_longer_works_is_replaced(serve: Any) -> None:
    seen: list[Any] = []

    def break_it(_: HttpRequest) -> HttpResponse:
        connection.ensure_connection()
        seen.append(connection.connection)
        connection.errors_occurred = True  # as after any database error
        connection.is_usable = lambda: False  # type: ignore[method-assign]  # in this thread only
        connection.connection.close()  # otherwise a pool could return the same one
        return HttpResponse()

    def use_database(_: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        seen.append(connection.connection)
        return HttpResponse()

    answers = serve(break_it, use_database)

    assert [each.status for each in answers] == [200, 200]
    assert seen[0] is not seen[1]


@pytest.mark.postgres_only("SQLite has no server that closes connections")
def test_database_connection_that_postgresql_has_closed_is_replaced_before_it_is_used() -> None:
    def ask(statement: str, *params: int) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(statement, params)
            return cursor.fetchone()[0]

    def terminate(pid: int) -> bool:
        try:
            return bool(ask("SELECT pg_terminate_backend(%s, 30000)", pid))
        finally:
            connections.close_all()

    pid = ask("SELECT pg_backend_pid()")
    with ThreadPoolExecutor(1) as other:
        assert other.submit(terminate, pid).result()

    replace_cut_connections()

    assert connection.connection is None
    assert ask("SELECT pg_backend_pid()") != pid


@pytest.mark.postgres_only("SQLite has no server that closes connections")
def test_pooled_connection_that_postgresql_has_closed_is_replaced_before_it_is_used() -> None:
    def get_pid() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            found = cursor.fetchone()[0]
        connections.close_all()
        return found

    with ThreadPoolExecutor(1) as other, connection.cursor() as cursor:
        pid = other.submit(get_pid).result()
        cursor.execute("SELECT pg_terminate_backend(%s, 30000)", [pid])
        next_pid = other.submit(get_pid).result()

    assert next_pid not in (pid, None)


def test_database_connection_with_an_open_transaction_is_replaced(serve: Any) -> None:
    seen: list[Any] = []

    def leave_it_open(_: HttpRequest) -> HttpResponse:
        transaction.set_autocommit(False)
        seen.append(connection.connection)
        return HttpResponse()

    def use_database(_: HttpRequest) -> HttpResponse:
        connection.ensure_connection()
        seen.append(connection.connection)
        return HttpResponse(str(transaction.get_autocommit()))

    _, second = serve(leave_it_open, use_database)

    assert second.content == b"True"
    assert seen[0] is not seen[1]
