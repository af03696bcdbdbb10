"""Photos on a running server: from a client's form to the other person's screen, and within its memory."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image

from messaging.models import Conversation
from tests.factories import make_trainee, open_conversation, tokens_of
from tests.media.pictures import draw
from tests.system.people import Person
from tests.system.server import WebServer
from tests.system.test_uploads import weigh
from users.models import User

pytestmark = pytest.mark.unmeasured

MEGABYTE = 2**20


def send_photo(person: Person, conversation: Conversation, photo: bytes, **fields: Any) -> Any:
    """Send a form as an existing client does: of an unknown type."""
    return person.http.post(
        f"messaging/conversations/{conversation.pk}/send/",
        data=fields,
        files={"image": ("photo", photo, "application/octet-stream")},
        timeout=120,
    )


def test_photo_reaches_the_other_person_and_is_read_without_a_token(
    host: WebServer, transactional_db: None, alice: User, bob: User
) -> None:
    conversation = open_conversation(alice, bob)
    sender, recipient = Person(host, tokens_of(bob)), Person(host, tokens_of(alice))

    with recipient.socket(conversation.pk) as socket:
        sent = send_photo(sender, conversation, draw("JPEG", (3000, 2000)), content="Look")
        frame = socket.receive_until("new_message")[-1]

    assert (sent.status_code, frame["message"]) == (201, sent.json())
    link = urlsplit(sent.json()["image"])
    path = f"{link.path}?{link.query}"
    picture = httpx.get(f"{host.url}{path}")
    assert picture.status_code == 200
    assert picture.headers["cache-control"] == "private, max-age=86400"
    assert picture.headers["x-content-type-options"] == "nosniff"
    assert picture.headers["content-type"] == "image/jpeg"
    assert Image.open(BytesIO(picture.content)).size == (853, 1280)
    assert httpx.get(f"{host.url}{path[:-3]}xyz").status_code == 404
    head = httpx.head(f"{host.url}{path}")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(picture.content))
    refused = httpx.options(f"{host.url}{path}")
    assert (refused.status_code, "<h1>" in refused.text) == (405, True)


@pytest.mark.embedded_only("uploads are received and decoded outside the database")
def test_large_photos_of_many_people_cost_the_web_process_no_memory(
    host: WebServer, transactional_db: None, alice: User
) -> None:
    photo = draw("JPEG", (1600, 1200))
    photo += bytes(9 * MEGABYTE - len(photo))
    trainees = [make_trainee(f"p{number}", alice) for number in range(6)]
    talks = [(Person(host, tokens_of(each)), open_conversation(alice, each)) for each in trainees]
    before = weigh(host)
    finished: list[Any] = []

    with ThreadPoolExecutor(6) as pool:
        uploads = [pool.submit(send_photo, *each, photo) for each in talks]
        for each in uploads:
            each.add_done_callback(finished.append)
        answered = []
        while len(finished) < 3:
            answered.append(talks[0][0].get("messaging/unread-count/").status_code)
        statuses = [each.result().status_code for each in uploads]

    assert statuses == [201] * 6
    assert set(answered) <= {200, 429}
    assert weigh(host) - before < 60
