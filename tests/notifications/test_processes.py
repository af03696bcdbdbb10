"""Processes that send notifications to the tests' push service."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db.models.functions import Now
from django.utils.dateparse import parse_datetime

from jobs.models import Job
from messaging.models import Conversation, Message
from notifications.models import PushCursor
from notifications.services.cursor import skip_to
from tests.factories import make_trainee, open_conversation, tokens_of, write
from tests.jobs.processes import freeze
from tests.notifications.conftest import MakeBrowser
from tests.notifications.push_service import PushService
from tests.notifications.running import live
from tests.notifications.service import Browser
from tests.system.people import Person, eventually
from tests.system.python_process import PythonProcess
from tests.system.server import WebServer, test_environment
from users.models import User

pytestmark = [pytest.mark.unmeasured, pytest.mark.django_db(transaction=True)]

DELAY = {"PUSH_DELAY_SECONDS": "0.5"}
SHUTDOWN_SECONDS = 10
STARTED = "Running jobs."


@pytest.fixture
def environment(service: PushService, cursor: PushCursor) -> dict[str, str]:
    return {**DELAY, "PUSH_PRIVATE_HOSTS": service.host}


@contextmanager
def pushing(tmp_path: Path, command: str = "worker", **environment: str) -> Iterator[PythonProcess]:
    """Run `manage.py` in a separate process; wait until it looks for jobs or has ended."""
    log_file = tmp_path / "push.log"
    log_file.touch()
    started = log_file.read_text().count(STARTED)
    process = PythonProcess(
        "manage", command, environment=test_environment(**environment), log=log_file
    )
    try:
        eventually(
            lambda: (log_file.read_text().count(STARTED) > started or process.poll()) or None
        )
        yield process
    finally:
        process.kill()
        process.wait()


def end(process: PythonProcess) -> int:
    """Send SIGTERM to a process, wait for its end, and return its exit code."""
    process.send_signal(signal.SIGTERM)
    return process.wait(SHUTDOWN_SECONDS)


def expire_leases() -> None:
    """Make all leases expire now; a killed process may still hold one for the sweep."""
    Job.objects.held().update(due_at=Now())


def wait_until_all_is_recorded() -> None:
    eventually(lambda: None if live().exists() else True)


def test_absent_recipient_is_notified_and_present_one_is_not(
    alice: User, make_browser: MakeBrowser, environment: dict[str, str]
) -> None:
    looks, away = (make_trainee(name, alice) for name in ("looks", "away"))
    first, second = (open_conversation(alice, each) for each in (looks, away))
    skip_to(Message.objects.latest("pk").pk)
    make_browser("alice").belongs_to(alice)
    with WebServer(**{**environment, "PUSH_DELAY_SECONDS": "2"}) as server:
        trainer, reader = (Person(server, tokens_of(each)) for each in (alice, looks))
        absent = Person(server, tokens_of(away))
        here, there = make_browser("looks"), make_browser("away")
        for person, browser in ((reader, here), (absent, there)):
            answer = person.post("users/device-token/", token=browser.token, platform="web")
            assert answer.status_code == 201

        trainer.send(first.pk, "Are you there?")
        reader.read(first.pk)
        trainer.send(second.pk, "And you?")

        shown = there.wait_for()[-1]
        assert parse_datetime(shown.pop("composed_at"))
        assert shown == {
            "title": "Alice Tester",
            "body": "2 new messages",
            "conversation_id": second.pk,
            "unread_count": 2,
            "unread_conversations": [second.pk],
            "deleted_version": 0,
        }
        server.send_signal(signal.SIGTERM)
        server.wait(SHUTDOWN_SECONDS)
    assert here.shown() == []
    assert not live().exists()


def test_two_processes_send_each_notification_once(
    alice: User, make_browser: MakeBrowser, environment: dict[str, str], tmp_path: Path
) -> None:
    trainees = [make_trainee(f"trainee{number}", alice) for number in range(20)]
    browsers = [make_browser(f"trainee-{number}") for number in range(20)]
    for trainee, browser in zip(trainees, browsers, strict=True):
        browser.belongs_to(trainee)

    with pushing(tmp_path, **environment) as one, pushing(tmp_path, **environment) as other:
        for number, trainee in enumerate(trainees):
            open_conversation(alice, trainee, f"Hello {number}")
        for browser in browsers:
            browser.wait_for()
        wait_until_all_is_recorded()
        assert (end(one), end(other)) == (0, 0)

    bodies = [[each["body"] for each in browser.shown()] for browser in browsers]
    assert bodies == [[f"Hello {number}"] for number in range(20)]


def test_process_killed_during_a_send_is_replaced_by_another(
    alice: User,
    bob: User,
    conversation: Conversation,
    service: PushService,
    make_browser: MakeBrowser,
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    bobs = make_browser("bob")
    bobs.belongs_to(bob)
    service.close_gate()
    with pushing(tmp_path, **environment) as killed:
        bobs.wait_for()
        killed.kill()
        killed.wait()
    service.open_gate()
    expire_leases()

    with pushing(tmp_path, **environment):
        bobs.wait_for(2)
        wait_until_all_is_recorded()
        # "Hello" is not sent a third time, whichever process was killed: the next notification is
        # about the next message.
        write(alice, conversation, "Next")
        bobs.wait_for(3)

    assert [each["body"] for each in bobs.shown()] == ["Hello", "Hello", "2 new messages"]
    # All have the same topic, so on the device each notification replaces the previous one.
    assert len({each.headers["Topic"] for each in service.received}) == 1


def test_process_killed_after_a_send_causes_no_repeat(
    alice: User,
    bob: User,
    conversation: Conversation,
    make_browser: MakeBrowser,
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    bobs, marker = make_browser("bob"), make_browser("marker")
    bobs.belongs_to(bob)
    for _ in range(3):
        with pushing(tmp_path, **environment) as process:
            bobs.wait_for()
            wait_until_all_is_recorded()
            process.kill()
            process.wait()
        expire_leases()
    other = make_trainee("other", alice)
    marker.belongs_to(other)
    open_conversation(alice, other, "Marker")

    with pushing(tmp_path, **environment):
        marker.wait_for()

    assert [each["body"] for each in bobs.shown()] == ["Hello"]


def test_gone_device_is_switched_off_and_temporary_failure_retried(
    alice: User,
    bob: User,
    conversation: Conversation,
    service: PushService,
    make_browser: MakeBrowser,
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    dead, busy = make_browser("dead"), make_browser("busy")
    gone, kept = dead.belongs_to(bob), busy.belongs_to(bob)
    service.will_answer(dead.path, 410)
    service.will_answer(busy.path, 503)

    with pushing(tmp_path, **environment):
        put_off = eventually(lambda: live().exclude(last_error="").first())
        eventually(lambda: bob.device_tokens.filter(pk=gone.pk, is_active=False).first())
        live().update(due_at=Now())
        busy.wait_for(2)
        wait_until_all_is_recorded()

    assert (put_off.last_error, put_off.attempts) == ("HTTP 503", 1)
    assert [each.pk for each in bob.device_tokens.filter(is_active=True)] == [kept.pk]
    assert len(dead.shown()) == 1


def test_no_rows_accumulate_without_devices(
    conversation: Conversation, environment: dict[str, str], tmp_path: Path
) -> None:
    newest = Message.objects.get().pk

    with pushing(tmp_path, **environment):
        eventually(lambda: PushCursor.objects.filter(rescanned_up_to=newest).first())


def test_worker_survives_an_unavailable_database(tmp_path: Path, service: PushService) -> None:
    nowhere = "postgres://postgres@127.0.0.1:9/nothing"
    log = tmp_path / "push.log"

    with pushing(tmp_path, DATABASE_URL=nowhere, PUSH_DELAY_SECONDS="0.5") as process:
        eventually(lambda: "The database is away, jobs wait" in log.read_text() or None)

        assert end(process) == 0
    assert "Traceback" not in log.read_text()


def test_command_of_the_previous_release_runs_all_jobs(
    conversation: Conversation,
    bob: User,
    make_browser: MakeBrowser,
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    bobs = make_browser("bob")
    bobs.belongs_to(bob)

    with pushing(tmp_path, "push", **environment) as process:
        assert [each["body"] for each in bobs.wait_for()] == ["Hello"]
        eventually(lambda: Job.objects.filter(kind="jobs.prune").exclude(finished_at=None).first())
        assert end(process) == 0


def test_web_process_with_push_in_web_0_leaves_notifications_to_workers(
    conversation: Conversation,
    bob: User,
    make_browser: MakeBrowser,
    environment: dict[str, str],
) -> None:
    make_browser("bob").belongs_to(bob)

    with WebServer(**environment, PUSH_IN_WEB="0") as server:
        eventually(lambda: Job.objects.filter(kind="jobs.prune").exclude(finished_at=None).first())
        assert Job.objects.get(kind="notifications.sweep").attempts == 0
        assert STARTED in server.log.read_text()


def test_hanging_push_service_delays_no_other_message(
    alice: User,
    bob: User,
    conversation: Conversation,
    service: PushService,
    make_browser: MakeBrowser,
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    hangs = Browser(service, "hangs")
    hangs.belongs_to(bob)
    service.close_gate()
    with pushing(tmp_path, **environment):
        hangs.wait_for()
        other = make_trainee("other", alice)
        quick = make_browser("quick")
        quick.belongs_to(other)
        open_conversation(alice, other, "Hello you")

        # This notification arrives while the first request is still unanswered.
        assert [each["body"] for each in quick.wait_for()] == ["Hello you"]
        assert live().filter(args__recipient_id=bob.pk, last_error="").exists()


def test_frozen_process_does_not_repeat_its_delivery(
    alice: User,
    bob: User,
    conversation: Conversation,
    service: PushService,
    make_browser: MakeBrowser,
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    hangs, quick = make_browser("hangs"), make_browser("quick")
    hangs.belongs_to(bob)
    service.close_gate()
    with pushing(tmp_path, **environment, JOB_LEASE_SECONDS="2") as process:
        hangs.wait_for()
        freeze(process.pid)
        eventually(lambda: live().due().first())  # the lease has expired
        other = make_trainee("other", alice)
        quick.belongs_to(other)
        open_conversation(alice, other, "Hello you")
        process.send_signal(signal.SIGCONT)
        quick.wait_for()

    assert [each["body"] for each in hangs.shown()] == ["Hello"]
