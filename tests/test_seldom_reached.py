"""Branches that only unusual input or an unusual moment reaches."""

from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, ProgrammingError
from django.http import HttpResponse
from django.test import RequestFactory

from config import command_line, serve, values
from config.environment import InvalidEnvironment
from config.probes.servers import probe_mail
from db.outages import is_conflict
from jobs import metrics
from messaging.consumers.conversation import ConversationConsumer
from messaging.services.erasing import _unlink
from notifications.models import NotificationPreferences, PushDelivery, PushMark
from privacy.models import DataExportPart
from server.pages import explain_empty_errors
from server.request_log import note_request
from tests.factories import access_of
from users.exceptions import InvalidToken
from users.models import User
from users.sockets import TokenAuthenticator


@pytest.mark.without_servers
@pytest.mark.parametrize(
    ("parse", "text", "parsed"),
    [
        (values.parse_listening_host, "0.0.0.0", "0.0.0.0"),  # noqa: S104 - what HOST may be
        (values.parse_proxies, "10.0.0.2, 10.0.0.0/24, *", "10.0.0.2, 10.0.0.0/24, *"),
        (
            values.parse_peers,
            "push.example, push.example:8443",
            ["push.example", "push.example:8443"],
        ),
        (values.parse_sender, "Gym <gym@example.com>", "Gym <gym@example.com>"),
        (values.parse_vapid_key, 42 * "A" + "E", 42 * "A" + "E"),
        (values.parse_vapid_subject, "mailto:ops@example.com", "mailto:ops@example.com"),
    ],
)
def test_sound_value_is_parsed(parse: Any, text: str, parsed: object) -> None:
    assert parse(text) == parsed


@pytest.mark.without_servers
def test_error_that_is_no_outage_leaves_a_command_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_arguments: list[str]) -> None:
        raise ProgrammingError("no such table")

    monkeypatch.setattr(command_line, "execute_from_command_line", fail)

    for command in ("worker", "check"):
        with pytest.raises(ProgrammingError):
            command_line.run_command(["manage.py", command])


@pytest.mark.without_servers
def test_mail_that_is_sent_nowhere_is_a_warning(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

    assert "EMAIL_URL sends no emails" in str(probe_mail())


@pytest.mark.without_servers
def test_metrics_that_cannot_be_served_stop_the_start_in_one_line(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ImproperlyConfigured("METRICS_PORT is in use.")

    settings.METRICS_PORT = 9100
    monkeypatch.setattr(metrics, "serve_metrics", fail)

    with pytest.raises(InvalidEnvironment, match="METRICS_PORT is in use"):
        serve._serve_metrics()


@pytest.mark.without_servers
def test_only_the_database_has_conflicts() -> None:
    wrapped = DatabaseError()
    wrapped.__cause__ = psycopg.errors.DeadlockDetected()

    assert [is_conflict(each) for each in (None, ValueError(), wrapped)] == [False, False, True]
    assert is_conflict(psycopg.errors.DeadlockDetected())


@pytest.mark.without_servers
def test_event_without_a_frame_is_read_from_the_database() -> None:
    assert not ConversationConsumer._may_forward(ConversationConsumer(), None)


def test_conversation_that_another_run_has_deleted_is_left_alone(db: None) -> None:
    _unlink(2**40, 1)


@pytest.mark.without_servers
def test_empty_error_of_a_synchronous_view_gets_a_page() -> None:
    explain: Any = explain_empty_errors(lambda _: HttpResponse(status=405))

    response = explain(RequestFactory().get("/messages"))

    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert b"<h1>This page cannot do that</h1>" in response.content


@pytest.mark.without_servers
def test_request_that_matches_no_route_is_logged_without_one() -> None:
    log = SimpleNamespace(route="", user_id=None)
    request = SimpleNamespace(scope={"log": log}, resolver_match=None)

    note_request(request)

    assert (log.route, log.user_id) == ("", None)


def test_token_of_another_person_is_refused_on_an_open_socket(alice: User, bob: User) -> None:
    with pytest.raises(InvalidToken):
        TokenAuthenticator().authenticate(access_of(bob), "/ws/messaging/", user_id=alice.pk)


@pytest.mark.without_servers
@pytest.mark.parametrize(
    ("row", "text"),
    [
        (NotificationPreferences(user_id=5), "Notification preferences of user 5"),
        (PushMark(recipient_id=5, conversation_id=7, up_to=9), "User 5 in conversation 7: 9"),
        (PushDelivery(conversation_id=7, device_id=3), "Conversation 7 to device 3"),
        (DataExportPart(export_id=2, number=1), "Part 1 of export 2"),
    ],
)
def test_row_names_itself_by_ids(row: object, text: str) -> None:
    assert str(row) == text
