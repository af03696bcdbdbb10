"""Photos in a bucket of a real S3 server, moto's: pages load them from there."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer
from playwright.sync_api import Page
from pytest_django.plugin import DjangoDbBlocker

from messaging.models import Conversation
from tests.e2e.photos import choose_and_wait, expect_shown, open_viewer, picture, send
from tests.e2e.screens import open_thread
from tests.e2e.servers import make_server
from tests.system.server import WebServer
from users.models import User


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The host and port of an S3 server with a bucket."""
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    client = boto3.client(
        "s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1", **keys
    )
    client.create_bucket(Bucket="gym")
    yield f"{host}:{port}"
    running.stop()


@pytest.fixture(scope="module")
def server_with_bucket(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, static_root: Path, s3: str
) -> Iterator[WebServer]:
    address = f"http://key:secret@{s3}/gym?region=us-east-1"
    with (
        django_db_blocker.unblock(),
        make_server(static_root, STORAGE_URL=address) as server,
    ):
        yield server


@pytest.fixture
def server(server_with_bucket: WebServer, transactional_db: None) -> WebServer:
    return server_with_bucket


def test_page_loads_photos_from_the_bucket(
    desk: Page, bob: User, conversation: Conversation, s3: str
) -> None:
    """The content security policy allows the redirect; a violation would fail the test, too."""
    loaded: list[str] = []
    desk.on("requestfinished", lambda request: loaded.append(request.url))
    open_thread(desk, bob, conversation)
    choose_and_wait(desk, picture())
    send(desk)
    expect_shown(desk, 1)
    desk.reload()

    expect_shown(desk, 1)
    open_viewer(desk)

    names = [each.partition("?")[0].rpartition("-")[2] for each in loaded if f"//{s3}/gym/" in each]
    assert {"medium.jpg", "large.jpg"} <= set(names)
