"""Photos in a bucket of a real S3 server, moto's."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError
from django.conf import settings as django_settings
from django.utils import timezone
from moto.server import ThreadedMotoServer

from config.addresses import read_s3
from config.probes.files import probe_pictures
from media.files import delete_files, is_older, list_files, store_files
from messaging import jobs
from messaging.models import Attachment, Conversation
from messaging.services.uploading import forget
from tests.config.loading import PRODUCTION, load
from tests.conftest import Client
from tests.messaging.photos import fetch, send_photo
from users.models import User

pytestmark = pytest.mark.embedded_only("files are stored outside the database")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://key:secret@{host}:{port}"
    running.stop()


@pytest.fixture
def bucket(server: str, settings: Any, tmp_path: Path) -> Iterator[Any]:
    s3 = read_s3(f"{server}/photos?region=eu-central-1")
    client = boto3.client(
        "s3",
        endpoint_url=s3["endpoint_url"],
        region_name="eu-central-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    client.create_bucket(
        Bucket="photos", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    storage = {"BACKEND": "media.s3.PrivateS3Storage", "OPTIONS": s3}
    settings.STORAGES = {**django_settings.STORAGES, "default": storage}
    settings.MEDIA_DELIVERY, settings.MEDIA_ROOT = "redirect", str(tmp_path)
    yield client
    for each in client.list_objects_v2(Bucket="photos").get("Contents", []):
        client.delete_object(Bucket="photos", Key=each["Key"])
    client.delete_bucket(Bucket="photos")


def test_link_redirects_to_the_bucket_for_a_few_minutes(
    bucket: Any, api: Client, bob: User, conversation: Conversation
) -> None:
    send_photo(api, bob, conversation)
    page = api.get(f"/api/messaging/conversations/{conversation.pk}/messages/").json()

    response = fetch(page["results"][0]["image"])

    picture = httpx.get(response.headers["Location"])
    assert (response.status_code, picture.status_code) == (302, 200)
    assert response.headers["Cache-Control"] == "private, max-age=240"
    assert "X-Amz-Expires=300" in response.headers["Location"]
    assert (picture.headers["Content-Type"], picture.content[:2]) == ("image/jpeg", b"\xff\xd8")
    assert picture.headers["Cache-Control"] == "private, max-age=86400"


def test_photo_can_also_be_streamed_from_the_bucket(
    bucket: Any, api: Client, bob: User, conversation: Conversation, settings: Any
) -> None:
    settings.MEDIA_DELIVERY = "stream"
    send_photo(api, bob, conversation)
    page = api.get(f"/api/messaging/conversations/{conversation.pk}/messages/").json()

    response = fetch(page["results"][0]["image"])

    content = b"".join(response)
    assert (response.status_code, content[:2]) == (200, b"\xff\xd8")
    assert int(response.headers["Content-Length"]) == len(content)


def test_files_of_a_forgotten_photo_leave_the_bucket(
    bucket: Any, api: Client, bob: User, conversation: Conversation
) -> None:
    photo = send_photo(api, bob, conversation)
    assert len(list_files(f"photos/{photo.key[:2]}")) == 3

    forget(Attachment.objects.all())
    jobs.delete_photos(keys=[photo.key])

    assert list_files(f"photos/{photo.key[:2]}") == []


def test_age_of_a_file_in_the_bucket_is_known(bucket: Any) -> None:
    store_files([("photos/aa/x", b"x")])
    later = timezone.now() + timedelta(hours=1)

    assert is_older("photos/aa/x", later)
    assert not is_older("photos/aa/x", later - timedelta(days=1))
    assert not is_older("photos/aa/gone", later)
    delete_files(["photos/aa/x", "photos/aa/gone"])


def test_other_errors_of_the_bucket_are_not_taken_for_a_missing_file(
    bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = ClientError({"ResponseMetadata": {"HTTPStatusCode": 403}}, "HeadObject")

    def refuse(*_: Any) -> Any:
        raise refusal

    monkeypatch.setattr("storages.backends.s3.S3Storage.get_modified_time", refuse)

    with pytest.raises(ClientError):
        is_older("photos/aa/x", timezone.now())


def test_doctor_writes_to_the_bucket(bucket: Any, settings: Any, server: str) -> None:
    assert [str(each) for each in probe_pictures()][1] == "ok      Bucket: photos is writable."

    bad = read_s3(f"{server}/missing?region=eu-central-1")
    storage = {"BACKEND": "media.s3.PrivateS3Storage", "OPTIONS": bad}
    settings.STORAGES = {**django_settings.STORAGES, "default": storage}
    text = str(list(probe_pictures())[1])
    assert text.startswith("FAULT   STORAGE_URL: the bucket missing cannot be written: ")


def test_bucket_is_configured_by_one_url() -> None:
    loaded = load(
        {**PRODUCTION, "STORAGE_URL": "https://key:a%2Fb@s3.example:9000/photos?region=eu"}
    )

    assert loaded.STORAGES["default"] == {
        "BACKEND": "media.s3.PrivateS3Storage",
        "OPTIONS": {
            "access_key": "key",
            "secret_key": "a/b",
            "bucket_name": "photos",
            "region_name": "eu",
            "endpoint_url": "https://s3.example:9000",
        },
    }
    assert loaded.MEDIA_DELIVERY == "redirect"
    policy = loaded.CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"]
    assert "https://s3.example:9000" in policy
