"""Probes of a set-up: what stops a start, what is a warning, and what `manage.py doctor` says."""

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from config.environment import InvalidEnvironment
from config.probes.databases import WORKER_SECONDS, find_reason, probe_database, probe_worker
from config.probes.finding import Level
from config.probes.servers import probe_mail, probe_push
from config.start_checks import check_start
from config.version import VERSION
from jobs.models import Job
from tests.backends import find_free_port
from tests.config.mail_server import running_mail_server
from web import assets

pytestmark = pytest.mark.django_db(transaction=True)

ON_POSTGRES = connection.vendor == "postgresql"


@pytest.fixture
def product(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The settings of a set-up in which everything works, with a worker that was seen now."""
    monkeypatch.setenv("DEBUG", "0")
    settings.DEBUG, settings.PORT = False, find_free_port()
    settings.ADMIN_TWO_FACTOR = True
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.ALLOWED_HOSTS, settings.PUBLIC_URL = ["gym.example"], "https://gym.example"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "Gym <gym@gym.example>"
    settings.VAPID_PRIVATE_KEY, settings.FCM_CREDENTIALS_FILE = "a key", "a file"
    Job.objects.create(kind="jobs.prune", key="schedule", finished_at=timezone.now())
    with running_mail_server() as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield settings


def run_doctor() -> tuple[int, list[str]]:
    """Return the exit code, and the lines that are not ok."""
    output = StringIO()
    try:
        call_command("doctor", stdout=output)
        code = 0
    except SystemExit as exit_:
        code = int(exit_.code or 0)
    lines = output.getvalue().splitlines()
    assert lines[0] == f"Version {VERSION}"
    return code, [each for each in lines[1:] if not each.startswith("ok ")]


def refusal_of_the_start() -> list[str]:
    with pytest.raises(InvalidEnvironment) as refused:
        check_start(command="make serve")
    return str(refused.value).splitlines()


@pytest.fixture
def unmigrated() -> Iterator[None]:
    """A database that lacks a migration, as after an upgrade without `migrate`."""
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("users", "0003_access_epochs")
    yield
    recorder.record_applied("users", "0003_access_epochs")


def test_sound_set_up_has_no_faults(product: Any) -> None:
    code, rest = run_doctor()

    without_redis = (
        []
        if product.REDIS_URLS
        else ["warning REDIS_URL is not set, so the product runs in one process."]
    )
    assert (code, rest) == (0, [*without_redis, "No faults found."])
    check_start(command="make serve")


def test_start_reports_every_fault_in_a_line_each(
    product: Any, tmp_path: Path, unmigrated: None
) -> None:
    (tmp_path / "file").touch()
    product.MEDIA_ROOT = str(tmp_path / "file/media")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        product.PORT = taken.getsockname()[1]

        lines = refusal_of_the_start()

    assert [line.partition(":")[0] for line in lines] == [
        "MEDIA_ROOT is not writable",
        "DATABASE_URL",
        f"Port {product.PORT} is already in use. Use another one",
    ]
    assert "lacks the migrations " in lines[1]
    assert lines[1].endswith("Run `python manage.py migrate`.")


def test_doctor_names_the_same_faults_as_the_start(product: Any, unmigrated: None) -> None:
    code, rest = run_doctor()

    assert code == 1
    assert [each for each in rest if each.startswith("FAULT")] == [
        f"FAULT   {line}" for line in refusal_of_the_start()
    ]
    assert rest[-1] == "1 fault found."


@pytest.mark.postgres_only("SQLite has no certificates")
def test_missing_certificate_of_the_database_stops_the_start(
    product: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(product.DATABASES["default"]["OPTIONS"], "sslrootcert", "/nowhere.pem")

    assert refusal_of_the_start() == [
        "DATABASE_URL: sslrootcert is /nowhere.pem, which is not a file."
    ]


def test_missing_static_files_stop_the_start(product: Any, tmp_path: Path) -> None:
    product.STATIC_ROOT = str(tmp_path / "static")
    product.STORAGES = {
        **product.STORAGES,
        "staticfiles": {"BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"},
    }
    assets._cached_build.cache_clear()

    lines = refusal_of_the_start()
    assets._cached_build.cache_clear()

    assert lines == [
        "Static files are missing or out of date: run `python manage.py collectstatic --noinput`."
    ]


def test_servers_that_can_come_back_are_warnings_at_the_start_and_faults_for_the_doctor(
    product: Any, caplog: pytest.LogCaptureFixture
) -> None:
    product.REDIS_URLS = ["redis://:hunter2@127.0.0.1:9/0"]
    product.EMAIL_HOST, product.EMAIL_PORT = "127.0.0.1", 9

    check_start(command="make serve")
    code, rest = run_doctor()

    told = [each for each in caplog.messages if "cannot be used" in each]
    assert [each.partition(":")[0] for each in told] == ["REDIS_URL", "EMAIL_URL"]
    assert (code, rest) == (1, [*(f"FAULT   {each}" for each in told), "2 faults found."])
    assert "hunter2" not in "".join(rest)


def test_database_that_cannot_be_opened_is_explained(
    product: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_reason() is None
    wrong = {"PORT": "9"} if ON_POSTGRES else {"NAME": "/nowhere/db.sqlite3"}
    for name, value in wrong.items():
        monkeypatch.setitem(connection.settings_dict, name, value)

    (found,) = probe_database()
    code, rest = run_doctor()

    assert found.level is Level.FAULT
    assert found.text.startswith("DATABASE_URL: the database cannot be used: ")
    assert (code, rest[0]) == (1, f"FAULT   {found.text}")
    assert find_reason() is not None


@pytest.mark.parametrize("runs_in_web", [True, False])
def test_worker_is_missed_if_it_never_ran_or_not_lately(product: Any, runs_in_web: bool) -> None:
    product.JOBS_IN_WEB = runs_in_web
    remedy = "Check that the server runs." if runs_in_web else "Start `python manage.py worker`."
    long_ago = timezone.now() - timedelta(seconds=WORKER_SECONDS + 60)

    Job.objects.update(finished_at=long_ago)
    stale = probe_worker()
    Job.objects.all().delete()
    never = probe_worker()

    assert stale.text.startswith("Worker: none has run a job for 18")
    assert stale.text.endswith(remedy)
    assert (never.level, never.text) == (Level.FAULT, f"Worker: none has run a job yet. {remedy}")


def test_worker_that_holds_a_job_is_seen(product: Any) -> None:
    Job.objects.update(
        state=Job.State.RUNNING,
        claimed_by="a worker",
        due_at=timezone.now() + timedelta(seconds=20),
        finished_at=None,
    )

    assert probe_worker().level is Level.OK


def test_doctor_says_that_jobs_cannot_be_read(
    product: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Job._meta, "db_table", "no_such_table")

    code, rest = run_doctor()

    assert code == 1
    assert any(each.startswith("FAULT   Worker: the jobs cannot be read: ") for each in rest)


@pytest.mark.postgres_only("SQLite has no clock of its own")
@pytest.mark.parametrize(("seconds", "order"), [(-60, "behind"), (60, "ahead of")])
def test_clock_that_differs_from_the_databases_is_a_warning(
    product: Any, seconds: int, order: str
) -> None:
    with time_machine.travel(datetime.now().astimezone() + timedelta(seconds=seconds)):
        found = probe_database()[-1]

    assert found.level is Level.WARNING
    assert f"s {order} the database" in found.text


def test_folder_for_mail_is_tested(product: Any, tmp_path: Path) -> None:
    product.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    product.EMAIL_FILE_PATH = str(tmp_path / "mail")
    writable = probe_mail()
    product.EMAIL_FILE_PATH = "/proc/self"

    assert writable.text == f"Mail: {tmp_path}/mail is writable."
    assert probe_mail().text.startswith("EMAIL_URL is not writable: ")


def test_missing_push_keys_are_warnings(product: Any) -> None:
    product.VAPID_PRIVATE_KEY = product.FCM_CREDENTIALS_FILE = ""

    assert [str(each) for each in probe_push()] == [
        "warning VAPID_PRIVATE_KEY is not set: browsers get no notifications.",
        "warning FCM_CREDENTIALS_FILE is not set: native apps get no notifications.",
    ]


def test_development_server_needs_only_a_folder_for_pictures(
    product: Any, unmigrated: None, caplog: pytest.LogCaptureFixture
) -> None:
    product.DEBUG = True

    check_start(command="make serve")

    assert [each.partition(":")[0] for each in caplog.messages] == ["DEBUG=1"]


def test_mail_that_is_sent_nowhere_is_a_warning(product: Any) -> None:
    product.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

    code, rest = run_doctor()

    assert code == 0
    assert (
        "warning EMAIL_URL sends no emails: invitations and password resets reach nobody." in rest
    )
