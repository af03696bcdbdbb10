"""People download everything that is stored about them, as JSON and as HTML."""

import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from asgiref.sync import async_to_sync
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client as Browser
from django.utils import timezone

from jobs.models import Job
from messaging.models import Conversation, Message, MessageReading
from messaging.photos import name_of
from messaging.services.deleting import delete_message
from messaging.services.inspecting import ReadingNotAllowed, record_reading_of_person
from messaging.services.reading import mark_read
from privacy.archive import write_archive
from privacy.models import DataExport, DataExportPart
from privacy.services import exporting
from tests.admin.conftest import browser_of, make_staff
from tests.conftest import Client
from tests.factories import impersonate, write
from tests.jobs.running import run_due
from tests.messaging.bodies import moment
from tests.messaging.photos import send_photo
from tests.privacy.people import begin
from trainer.services.trainees import remove_trainee
from users.exceptions import InvalidToken
from users.models import User
from users.services.accounts import deactivate_user

URL = "/api/users/data-exports/"
EXPORTS = "/admin/privacy/dataexport/"


def download(url: str, browser: Browser | None = None) -> Any:
    return (browser or Browser()).get(url.removeprefix("http://127.0.0.1:8000"))


def content_of(answer: Any) -> bytes:
    async def read() -> bytes:
        return b"".join([part async for part in answer.streaming_content])

    return async_to_sync(read)()


def request_and_write(api: Client, user: User) -> Any:
    """Request an export as this user, run the job, and return the row of the list."""
    api.as_user(user).post(URL)
    run_due()
    return api.get(URL).json()[0]


def test_person_requests_and_downloads_an_export(
    api: Client, bob: User, talk: Conversation
) -> None:
    requested: Any = api.as_user(bob).post(URL)
    export = DataExport.objects.get()

    assert (requested.status_code, requested.json()) == (
        202,
        {
            "id": export.pk,
            "created_at": moment(export.created_at),
            "expires_at": None,
            "size": 0,
            "is_ready": False,
            "download_url": None,
        },
    )
    run_due()
    (listed,) = api.get(URL).json()
    answer = download(listed["download_url"])
    assert (listed["is_ready"], answer["Content-Type"]) == (True, "application/zip")
    assert answer["Content-Disposition"] == f'attachment; filename="my-data-{export.pk}.zip"'
    content = content_of(answer)
    assert listed["size"] == len(content) == int(answer["Content-Length"])
    names = set(ZipFile(BytesIO(content)).namelist())
    conversation = f"conversations/{talk.pk}"
    assert names == {"account.json", f"{conversation}.json", f"{conversation}.html", "index.html"}


def read_export(user: User) -> ZipFile:
    file = BytesIO()
    write_archive(user, file)
    return ZipFile(file)


def test_export_contains_everything_about_the_person(
    alice: User, bob: User, everything: Conversation, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    bob.profile_image.save("bob.jpg", ContentFile(b"picture"))

    archive = read_export(bob)

    account = json.loads(archive.read("account.json"))
    assert account["profile"]["email"] == "bob@example.com"
    assert account["trainer"] == "Alice Tester"
    assert [each["platform"] for each in account["devices"]] == ["ios"]
    assert [each["result"] for each in account["notifications"]] == ["sent"]
    assert [each["result"] for each in account["unread_emails"]] == ["sent"]
    assert account["notification_preferences"]["unread_email"] == "day"
    assert account["notification_preferences"]["new_message"] is True
    assert len(account["sign_ins"]) == 1
    (impersonation,) = account["impersonations_of_you"]
    assert impersonation["by"] == "alice@example.com"
    assert [each["path"] for each in impersonation["requests"]] == ["/api/auth/users/me/"]
    thread = json.loads(archive.read(f"conversations/{everything.pk}.json"))
    assert (thread["trainer"], thread["trainee"]) == ("Alice Tester", "Bob Tester")
    assert [(each["from"], each["content"]) for each in thread["messages"]] == [
        ("Alice Tester", "Hello"),
        ("Bob Tester", "Mine"),
    ]
    assert archive.read("picture.jpg") == b"picture"
    assert 'src="picture.jpg"' in archive.read("index.html").decode()


def test_export_contains_the_photos_of_both_people(
    api: Client, alice: User, bob: User, conversation: Conversation, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    photos = [send_photo(api, each, conversation) for each in (alice, bob, bob)]
    files = [default_storage.path(name_of(each.key, "large")) for each in photos]
    Path(files[2]).unlink()

    archive = read_export(bob)

    paths = [f"photos/{each.pk}.jpg" for each in photos]
    thread = json.loads(archive.read(f"conversations/{conversation.pk}.json"))
    assert [each["photos"] for each in thread["messages"]] == [[], *([path] for path in paths)]
    assert [archive.read(path) for path in paths[:2]] == [Path(f).read_bytes() for f in files[:2]]
    assert paths[2] not in archive.namelist()
    page = archive.read(f"conversations/{conversation.pk}.html").decode()
    assert page.count('<img src="../photos/') == 3


def test_export_has_no_photo_of_a_message_that_the_previous_release_has_taken_down(
    api: Client, bob: User, conversation: Conversation, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    photo = send_photo(api, bob, conversation)
    sent = Message.objects.filter(attachments=photo)
    sent.update(removed_at=timezone.now(), content="Gone")

    archive = read_export(bob)

    assert not [name for name in archive.namelist() if name.startswith("photos/")]


def test_export_tells_whether_a_deleted_message_was_read_before(
    alice: User, bob: User, conversation: Conversation
) -> None:
    (read,) = write(bob, conversation, "Hi")
    mark_read(reader=alice, conversation_id=conversation.pk)
    (unread,) = write(bob, conversation, "Hello")
    for each in (read, unread):
        delete_message(by=bob, conversation_id=conversation.pk, message_id=each.pk)

    thread = json.loads(read_export(bob).read(f"conversations/{conversation.pk}.json"))

    read.refresh_from_db()
    times = [each["read_at"] for each in thread["messages"][-2:]]
    assert (times[0][:19], times[1]) == (
        read.read_at.isoformat()[:19] if read.read_at else "",
        None,
    )


def test_export_of_a_trainer_lists_trainees_and_invitations(
    alice: User, bob: User, everything: Conversation
) -> None:
    account = json.loads(read_export(alice).read("account.json"))

    assert account["trainees"] == ["Bob Tester"]
    assert [each["email"] for each in account["invitations"]] == ["eve@example.com"]
    assert [each["user_email"] for each in account["impersonations_by_you"]] == ["bob@example.com"]


def test_export_contains_no_secrets(alice: User, bob: User, everything: Conversation) -> None:
    archive = read_export(alice)

    text = "".join(archive.read(name).decode() for name in archive.namelist())
    for secret in (alice.password, "secret-code", "push-"):
        assert secret not in text


def test_html_of_an_export_escapes_what_people_wrote(
    alice: User, bob: User, conversation: Conversation
) -> None:
    conversation.messages.update(content="<script>alert(1)</script>")
    User.objects.filter(pk=bob.pk).update(first_name="<b>")

    archive = read_export(alice)

    page = archive.read(f"conversations/{conversation.pk}.html").decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>" not in page
    assert "&lt;b&gt;" in archive.read("index.html").decode()


def test_deleted_person_has_a_placeholder_in_exports(
    alice: User, bob: User, talk: Conversation
) -> None:
    begin(bob)
    before = json.loads(read_export(alice).read(f"conversations/{talk.pk}.json"))
    run_due()
    after = json.loads(read_export(alice).read(f"conversations/{talk.pk}.json"))

    for thread in (before, after):
        assert [each["from"] for each in thread["messages"]] == ["Alice Tester", "[removed]"]


def test_export_names_a_former_partner_as_of_then(
    alice: User, bob: User, talk: Conversation
) -> None:
    remove_trainee(trainer=alice, trainee_id=bob.pk)
    User.objects.update(first_name="New")
    alice, bob = User.objects.get(pk=alice.pk), User.objects.get(pk=bob.pk)

    path = f"conversations/{talk.pk}.json"
    hers, his = (json.loads(read_export(each).read(path)) for each in (alice, bob))

    known = {"first_name": "Bob", "last_name": "Tester", "email": "bob@example.com"}
    assert (hers["trainer"], hers["trainee"]) == ("New Tester", "Bob Tester")
    assert (his["trainer"], his["trainee"]) == ("Alice Tester", "New Tester")
    assert (his["you_as_last_known"], hers["messages"][1]["from"]) == (known, "Bob Tester")


def test_request_while_one_is_pending_returns_the_same(api: Client, bob: User) -> None:
    answers = [api.as_user(bob).post(URL).json()["id"] for _ in range(2)]

    assert len(set(answers)) == 1
    assert Job.objects.count() == 1


def test_exports_are_limited(api: Client, bob: User, settings: Any) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "exports": "1/day"}
    request_and_write(api, bob)

    assert api.post(URL).status_code == 429


@pytest.mark.parametrize("method", ["get", "post"])
def test_impersonator_gets_no_export(api: Client, alice: User, bob: User, method: str) -> None:
    _, tokens = impersonate(bob, by=alice)

    answer = getattr(api.with_token(tokens.access), method)(URL)

    assert (answer.status_code, answer.json()["code"]) == (403, "impersonation_read_only")


def test_stranger_sees_no_export(api: Client, bob: User, charlie: User) -> None:
    request_and_write(api, bob)

    assert api.as_user(charlie).get(URL).json() == []


def test_expired_export_cannot_be_downloaded(api: Client, bob: User) -> None:
    url = request_and_write(api, bob)["download_url"]

    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)):
        assert download(url).status_code == 404
        assert api.as_user(bob).get(URL).json() == []


def test_link_dies_with_the_access_of_the_person(api: Client, bob: User) -> None:
    url = request_and_write(api, bob)["download_url"]
    deactivate_user(user=bob)

    assert download(url).status_code == 404


@pytest.mark.parametrize("signed", ["x", "1~0~x", "~", "1~0"])
def test_link_without_a_signature_is_refused(db: None, signed: str) -> None:
    assert download(f"/exports/{signed}/").status_code == 404


def test_head_request_has_no_content_and_other_methods_are_refused(api: Client, bob: User) -> None:
    url = request_and_write(api, bob)["download_url"].removeprefix("http://127.0.0.1:8000")

    head = Browser().head(url)

    assert (head.status_code, head.content) == (200, b"")
    assert Browser().post(url).status_code == 404


def test_interrupted_export_begins_anew(
    api: Client, bob: User, talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PART_BYTES", 100)
    api.as_user(bob).post(URL)
    export = DataExport.objects.get()
    DataExportPart.objects.create(export=export, number=0, content=b"half")

    run_due()

    (listed,) = api.get(URL).json()
    assert len(content_of(download(listed["download_url"]))) == listed["size"]
    assert DataExportPart.objects.count() > 1


def test_export_of_an_erased_person_is_not_written_and_goes(api: Client, bob: User) -> None:
    api.as_user(bob).post(URL)
    begin(bob)

    exporting.write_export(export_id=DataExport.objects.get().pk)
    run_due()

    assert not DataExport.objects.exists()


def test_request_of_an_account_that_ended_meanwhile_is_refused(bob: User) -> None:
    asking = User.objects.get(pk=bob.pk)
    deactivate_user(user=bob)

    with pytest.raises(InvalidToken):
        exporting.request_own_export(user=asking)


# By staff
# ------------------------------------------------------------------------------
EXPORTING = ("add_dataexport", "view_dataexport", "view_user", "read_message_content")
REASON = "Ticket 4711"


@pytest.fixture
def exporter(db: None) -> User:
    return make_staff("sam", *EXPORTING)


def list_readings() -> list[tuple[Any, ...]]:
    columns = ("reader_email", "conversation", "reason", "pages_read")
    return list(MessageReading.objects.order_by("pk").values_list(*columns))


def test_staff_export_and_download_a_persons_data(
    bob: User, talk: Conversation, exporter: User
) -> None:
    sam = browser_of(exporter)

    assert "Reason" in sam.get(f"{EXPORTS}add/").content.decode()
    asked = sam.post(f"{EXPORTS}add/", {"user": bob.pk, "reason": f" {REASON} "})
    assert asked.status_code == 302
    assert list_readings() == [("sam@example.com", talk.pk, REASON, 0)]
    export = DataExport.objects.get()
    assert "Not ready" in sam.get(EXPORTS).content.decode()
    assert download(f"{EXPORTS}{export.pk}/download/", sam).status_code == 404
    run_due()

    assert export.requested_by_email == "sam@example.com"
    assert f"{EXPORTS}{export.pk}/download/" in sam.get(EXPORTS).content.decode()
    assert sam.get(f"{EXPORTS}{export.pk}/change/").status_code == 200
    content = content_of(download(f"{EXPORTS}{export.pk}/download/", sam))
    assert "account.json" in ZipFile(BytesIO(content)).namelist()
    assert list_readings() == [("sam@example.com", talk.pk, REASON, 1)]
    assert Client().as_user(bob).get(URL).json() == []


@pytest.mark.parametrize("reason", ["", "   ", "x", "x" * 501])
@pytest.mark.parametrize("name", ["exporter", "root"])
def test_staff_export_nothing_without_a_good_reason(
    request: pytest.FixtureRequest, bob: User, talk: Conversation, name: str, reason: str
) -> None:
    browser = browser_of(request.getfixturevalue(name))

    answer = browser.post(f"{EXPORTS}add/", {"user": bob.pk, "reason": reason})

    assert (answer.status_code, "errorlist" in answer.content.decode()) == (200, True)
    assert not DataExport.objects.exists()
    assert not MessageReading.objects.exists()


@pytest.mark.parametrize("missing", ["add_dataexport", "read_message_content"])
def test_staff_without_a_permission_can_neither_export_nor_download(
    bob: User, exporter: User, missing: str
) -> None:
    export = exporting.request_export(user=bob, by=exporter, reason=REASON)
    run_due()
    exporter.user_permissions.remove(Permission.objects.get(codename=missing))
    browser = browser_of(exporter)

    shown = browser.get(EXPORTS).content.decode()
    assert "add/" not in shown
    assert "download/" not in shown
    assert browser.get(f"{EXPORTS}{export.pk}/download/").status_code == 403
    posted = browser.post(f"{EXPORTS}add/", {"user": bob.pk, "reason": REASON})
    assert posted.status_code == 403


def test_only_those_who_gave_the_reason_can_download(
    api: Client, bob: User, root: User, exporter: User
) -> None:
    request_and_write(api, bob)
    exporting.request_export(user=bob, by=exporter, reason=REASON)
    run_due()

    browser = browser_of(root)
    shown = browser.get(EXPORTS).content.decode()

    assert shown.count("Ready (only the requester can download it)") == 2
    for export in DataExport.objects.all():
        assert browser.get(f"{EXPORTS}{export.pk}/download/").status_code == 404


def test_export_is_refused_in_the_service_too(bob: User, exporter: User) -> None:
    exporter.user_permissions.clear()

    with pytest.raises(ReadingNotAllowed):
        exporting.request_export(user=bob, by=exporter, reason=REASON)
    with pytest.raises(ReadingNotAllowed):
        record_reading_of_person(reader=exporter, person=bob, reason=REASON)


def test_erased_staff_user_is_not_named_in_exports(bob: User, exporter: User) -> None:
    exporting.request_export(user=bob, by=exporter, reason=REASON)

    begin(exporter)
    run_due()

    export = DataExport.objects.get()
    assert export.requested_by is None
    assert export.requested_by_email == "[removed]"


def test_expired_export_is_marked_in_the_admin(bob: User, root: User) -> None:
    exporting.request_export(user=bob, by=root, reason=REASON)
    DataExport.objects.update(expires_at=timezone.now() - timedelta(days=1))

    assert "Expired" in browser_of(root).get(EXPORTS).content.decode()


def test_command_writes_a_file(bob: User, tmp_path: Path, capsys: Any) -> None:
    call_command("export_person", "Bob@example.com", str(tmp_path / "bob.zip"))

    assert capsys.readouterr().out == f"Wrote {tmp_path / 'bob.zip'}.\n"
    assert "account.json" in ZipFile(tmp_path / "bob.zip").namelist()


def test_command_refuses_an_unknown_address(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"Nobody has this e-mail address\."):
        call_command("export_person", "nobody@example.com", str(tmp_path / "x.zip"))
