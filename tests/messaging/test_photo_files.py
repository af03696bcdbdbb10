"""The files of photos: who deletes them, and when."""

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from jobs.models import Job
from media.files import is_older, list_files, store_files
from messaging import jobs
from messaging.models import Attachment, Conversation, Message
from messaging.photos import SIDES, name_of
from messaging.services.erasing import erase_from_conversations
from messaging.services.removing import remove_message
from tests.conftest import Client
from tests.messaging.photos import (
    PHOTO,
    send_form,
    send_photo,
    send_uploads,
    upload,
    upload_ids,
)
from users.models import User

OLD = time.time() - timedelta(days=2).total_seconds()


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def files_in(media: Path) -> set[str]:
    return {str(each.relative_to(media)) for each in media.rglob("*") if each.is_file()}


def run_deletions() -> None:
    """Run the jobs that delete files."""
    for each in Job.objects.filter(kind="messaging.delete_photos"):
        jobs.delete_photos(**each.args)
        jobs.delete_photos(**each.args)  # a job may run twice


def test_message_that_support_takes_down_has_no_files(
    api: Client, alice: User, bob: User, conversation: Conversation, media: Path
) -> None:
    photo = send_photo(api, bob, conversation)
    assert len(files_in(media)) == 3

    assert str(photo) == f"Attachment {photo.pk}"

    remove_message(message_id=photo.message_id or 0, reason="spam", by=alice)
    run_deletions()

    assert (files_in(media), Attachment.objects.count()) == (set(), 0)


@pytest.mark.parametrize("erases_texts", [True, False])
def test_erasure_of_a_person_deletes_their_photos_and_no_others(
    api: Client,
    alice: User,
    bob: User,
    conversation: Conversation,
    media: Path,
    erases_texts: bool,
) -> None:
    hers = send_photo(api, alice, conversation)
    send_form(api.as_user(bob), conversation, PHOTO, content="A caption")
    send_photo(api, bob, conversation)
    upload(api)

    erase_from_conversations(user_id=bob.pk, erases_texts=erases_texts)
    run_deletions()

    messages = api.as_user(alice).get(f"/api/messaging/conversations/{conversation.pk}/messages/")
    shown = [
        (each["content"], each["is_deleted"], len(each["attachments"]))
        for each in messages.json()["results"]
    ]
    caption = ("", True, 0) if erases_texts else ("A caption", False, 0)
    assert shown == [("", True, 0), caption, ("", False, 1), ("Hello", False, 0)]
    assert files_in(media) == {name_of(hers.key, size) for size in ("small", "medium", "large")}


def test_deletion_of_an_account_in_a_shell_deletes_its_photos(
    api: Client, alice: User, bob: User, conversation: Conversation, media: Path
) -> None:
    (upload_id,) = upload_ids(api.as_user(bob), 1)
    send_uploads(api, conversation, [upload_id], content="A text")
    send_photo(api, bob, conversation)
    upload(api)
    kept = send_photo(api, alice, conversation)

    bob.delete()
    run_deletions()

    assert files_in(media) == {name_of(kept.key, size) for size in SIDES}
    url = f"/api/messaging/conversations/{conversation.pk}/messages/"
    page = api.as_user(alice).get(url).json()["results"]
    shown = [(each["content"], each["is_deleted"], len(each["attachments"])) for each in page]
    assert shown == [("", False, 1), ("", True, 0), ("A text", False, 0), ("Hello", False, 0)]


def test_upload_that_is_not_sent_within_a_day_is_forgotten(
    api: Client, bob: User, conversation: Conversation, media: Path
) -> None:
    sent = send_photo(api, bob, conversation)
    upload(api)
    Attachment.objects.update(created_at=sent.created_at - timedelta(days=1, seconds=1))
    young = upload(api).json()["id"]

    jobs.sweep_uploads()
    run_deletions()

    assert set(Attachment.objects.values_list("pk", flat=True)) == {sent.pk, young}
    assert len(files_in(media)) == 6


def test_old_files_without_a_row_are_deleted(
    api: Client, bob: User, conversation: Conversation, media: Path
) -> None:
    photo = send_photo(api, bob, conversation)
    kept = files_in(media)
    young = name_of("ab" + "0" * 30, "small")
    store_files([(name_of("ab" + "1" * 30, "large"), b"x"), (young, b"x"), ("photos/ff/x", b"x")])
    for each in files_in(media) - {young}:
        os.utime(media / each, (OLD, OLD))

    jobs.sweep_photo_files()

    assert files_in(media) == {*kept, young}
    assert default_storage.exists(name_of(photo.key, "large"))


def test_file_that_is_deleted_meanwhile_is_not_old() -> None:
    assert is_older("photos/aa/gone", moment=Message().created_at) is False
    assert list_files("photos/aa") == []


def test_photo_of_a_message_that_the_previous_release_has_taken_down_is_deleted(
    api: Client, bob: User, conversation: Conversation, media: Path
) -> None:
    photos = [send_photo(api, bob, conversation) for _ in range(2)]
    taken_down = Message.objects.filter(attachments=photos[0])
    taken_down.update(removed_at=timezone.now(), content="This message was deleted")

    jobs.sweep_photo_files()
    run_deletions()

    assert list(Attachment.objects.values_list("pk", flat=True)) == [photos[1].pk]
    assert files_in(media) == {name_of(photos[1].key, size) for size in SIDES}


def test_files_are_stored_together_or_not_at_all(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = default_storage.save

    def fail(name: str, content: ContentFile[bytes]) -> str:
        if name == "photos/b":
            raise OSError("The disk is full.")
        return save(name, content)

    monkeypatch.setattr(default_storage, "save", fail)

    with pytest.raises(OSError, match="full"):
        store_files([("photos/a", b"x"), ("photos/b", b"x")])

    assert files_in(media) == set()


def test_message_that_its_sender_deletes_has_no_files(
    api: Client, bob: User, conversation: Conversation, media: Path
) -> None:
    photo = send_photo(api, bob, conversation)
    path = f"/api/messaging/conversations/{conversation.pk}/messages/"

    answer = api.delete(f"{path}{photo.message_id}/")
    run_deletions()

    shown = api.get(path).json()["results"][0]
    assert (answer.status_code, files_in(media)) == (204, set())
    assert (shown["is_deleted"], shown["image"], shown["attachments"]) == (True, None, [])


def test_text_of_a_photo_can_be_removed_but_not_that_of_a_text(
    api: Client, bob: User, conversation: Conversation
) -> None:
    sent = send_form(api.as_user(bob), conversation, PHOTO, content="A caption").json()
    path = f"/api/messaging/conversations/{conversation.pk}/messages/{sent['id']}/"

    edited = api.patch(path, {"content": ""})

    assert (edited.status_code, edited.json()["content"]) == (200, "")
    assert edited.json()["attachments"] == sent["attachments"]
