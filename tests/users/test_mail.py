"""Jobs send the e-mails: no response waits for them, failures are retried, and no secret is stored."""

import json
import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api import outages
from jobs.models import Job
from tests.conftest import Client
from tests.jobs.running import run_due
from tests.users.post import link_in, wait_for_mail
from trainer.serializers import InvitationSerializer
from trainer.services.invitations import (
    invite_trainee,
    mail_invitation,
    resend_invitation,
    withdraw_invitation,
)
from users.models import User
from users.services.accounts import deactivate_user, send_password_reset

pytestmark = pytest.mark.django_db

RESET = "/api/auth/users/reset_password/"


class RefusingServer(socketserver.StreamRequestHandler):
    """A mail server that refuses every address."""

    refusal = b"550 no such user\r\n"

    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        for line in self.rfile:
            is_recipient = line.upper().startswith(b"RCPT")
            self.wfile.write(self.refusal if is_recipient else b"250 ok\r\n")


class BusyServer(RefusingServer):
    """A mail server that refuses every address temporarily."""

    refusal = b"450 mailbox busy\r\n"


@pytest.fixture
def refusing_server(settings: Any) -> Iterator[None]:
    yield from serve_mail(settings, RefusingServer)


@pytest.fixture
def busy_server(settings: Any) -> Iterator[None]:
    yield from serve_mail(settings, BusyServer)


def serve_mail(settings: Any, handler: type[RefusingServer]) -> Iterator[None]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address[:2]
        yield
        server.shutdown()


@pytest.fixture
def no_server(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9


def test_reset_runs_the_same_statements_for_an_unknown_address(api: Client, bob: User) -> None:
    statements = []
    for email in ("bob@example.com", "nobody@example.com"):
        with CaptureQueriesContext(connection) as captured:
            assert api.post(RESET, {"email": email}).status_code == 204
        statements.append([each["sql"].split(" ", 1)[0] for each in captured])

    assert statements[0] == statements[1]
    assert "INSERT" in statements[0]
    assert Job.objects.count() == 2


@pytest.mark.parametrize("length", [255, 20_000])
def test_address_too_long_for_an_account_creates_no_job(length: int) -> None:
    send_password_reset(email="@example.com".rjust(length, "a"))

    assert not Job.objects.exists()


def test_longest_address_of_an_account_creates_a_job(db: None) -> None:
    send_password_reset(email=f"{'a' * 242}@example.com")

    assert Job.objects.exists()


def test_unavailable_mail_server_is_retried(bob: User, no_server: None) -> None:
    send_password_reset(email=bob.email)

    run_due()

    row = Job.objects.get()
    assert (row.state, row.attempts) == ("waiting", 1)
    assert row.last_error.startswith("ConnectionRefusedError")


def test_address_refused_by_the_mail_server_is_given_up(bob: User, refusing_server: None) -> None:
    send_password_reset(email=bob.email)

    run_due()

    row = Job.objects.get()
    assert (row.state, row.last_error) == (
        "failed",
        "The mail server permanently refuses this address: [550]",
    )


def test_address_that_the_mail_server_refuses_for_now_is_tried_again(
    bob: User, busy_server: None
) -> None:
    send_password_reset(email=bob.email)

    run_due()

    row = Job.objects.get()
    assert (row.state, row.attempts) == ("waiting", 1)
    assert row.last_error.startswith("SMTPRecipientsRefused")


def test_account_deactivated_meanwhile_gets_no_link(bob: User) -> None:
    send_password_reset(email=bob.email)
    deactivate_user(user=bob)

    run_due()

    assert mail.outbox == []


def test_no_secret_of_a_link_is_stored_before_or_after_it_is_sent(bob: User, alice: User) -> None:
    send_password_reset(email=bob.email)
    invite_trainee(trainer=alice, email="eve@example.com")
    before = [(each.kind, json.dumps(each.args)) for each in Job.objects.order_by("pk")]

    wait_for_mail(2)

    assert before[0] == ("users.mail_password_reset", '{"email": "bob@example.com"}')
    assert before[1][1].startswith('{"invitation_id": ')
    assert [each.args for each in Job.objects.all()] == [{}, {}]


def test_retried_invitation_has_the_same_link(alice: User) -> None:
    invitation, _ = invite_trainee(trainer=alice, email="eve@example.com")
    first = link_in(wait_for_mail())
    Job.objects.update(
        state="waiting", due_at="2020-01-01T00:00Z", args={"invitation_id": invitation.pk}
    )

    assert link_in(wait_for_mail(2)) == first


def test_invitation_resent_before_it_was_mailed_is_one_mail_with_the_newest_link(
    alice: User,
) -> None:
    invitation, _ = invite_trainee(trainer=alice, email="eve@example.com")
    resend_invitation(trainer=alice, invitation_id=invitation.pk)

    wait_for_mail()
    first = link_in(mail.outbox[0])
    resend_invitation(trainer=alice, invitation_id=invitation.pk)

    assert link_in(wait_for_mail(2)) != first


def test_invitation_withdrawn_before_it_was_mailed_is_not_mailed(alice: User) -> None:
    invitation, _ = invite_trainee(trainer=alice, email="eve@example.com")
    withdraw_invitation(trainer=alice, invitation_id=invitation.pk)

    run_due()

    assert (mail.outbox, Job.objects.get().state) == ([], "done")


def test_invitation_is_given_up_after_a_change_of_the_signing_key(
    alice: User, settings: Any
) -> None:
    invite_trainee(trainer=alice, email="eve@example.com")
    settings.SECRET_KEY = "another-key"

    run_due()

    assert (mail.outbox, Job.objects.get().state) == ([], "failed")


def test_mail_server_that_is_away_is_logged_with_its_return(
    no_server: None, bob: User, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    outages.mail = outages.Outage("The mail server", clock=iter(range(0, 100, 10)).__next__)
    for backend in (settings.EMAIL_BACKEND, "django.core.mail.backends.locmem.EmailBackend"):
        settings.EMAIL_BACKEND = backend
        send_password_reset(email=bob.email)
        run_due()

    told = [each for each in caplog.messages if each.startswith("The mail server")]
    assert told[0] == "The mail server is away: [Errno 111] Connection refused"
    assert told[1].startswith("The mail server is back after ")
    assert bob.email not in "".join(told)


@pytest.mark.usefixtures("no_server")
def test_invitation_knows_that_its_email_failed_and_offers_the_link(
    alice: User, settings: Any
) -> None:
    invitation, _ = invite_trainee(trainer=alice, email="eve@example.com")
    before = InvitationSerializer(invitation).data
    run_due()
    invitation.refresh_from_db()
    failed = InvitationSerializer(invitation).data

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Job.objects.update(due_at="2020-01-01T00:00Z")
    link = link_in(wait_for_mail())

    invitation.refresh_from_db()
    assert (before["email_status"], failed["email_status"]) == ("waiting", "failed")
    assert invitation.email_status == "sent"
    assert failed["link"] == link


def test_renewed_invitation_waits_for_its_new_email(alice: User, refusing_server: None) -> None:
    invitation, _ = invite_trainee(trainer=alice, email="eve@example.com")
    run_due()

    renewed = resend_invitation(trainer=alice, invitation_id=invitation.pk)

    assert renewed.email_status == "waiting"


def test_late_result_of_an_earlier_email_says_nothing_about_a_new_link(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitation, _ = invite_trainee(trainer=alice, email="eve@example.com")

    def renew_while_sending(**_: str) -> None:
        resend_invitation(trainer=alice, invitation_id=invitation.pk)

    monkeypatch.setattr("trainer.services.invitations.send_email", renew_while_sending)

    mail_invitation(invitation_id=invitation.pk)

    invitation.refresh_from_db()
    assert invitation.email_status == "waiting"
