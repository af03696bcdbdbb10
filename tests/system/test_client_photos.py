"""Section 7 of the contract as an existing client calls it: photos and uploads."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.utils import timezone
from PIL import Image

from messaging.models import Attachment, Conversation
from tests.factories import impersonate, make_trainee, open_conversation, tokens_of
from tests.media.pictures import declare, draw
from tests.system.contract.shapes import Matches
from tests.system.people import Person
from tests.system.server import WebServer
from users.models import User

pytestmark = [pytest.mark.unmeasured, pytest.mark.django_db(transaction=True)]

PHOTO = draw("JPEG", (3000, 1500))  # its orientation turns it
CONVERSATIONS = "messaging/conversations/"


class Phone(Person):
    """An existing client: it sends forms with photos of an unknown type."""

    def form(self, path: str, photos: list[bytes], **fields: Any) -> httpx.Response:
        files = [("image", ("photo", each, "application/octet-stream")) for each in photos]
        return self.http.post(f"{CONVERSATIONS}{path}", data=fields, files=files)

    def upload(self, photo: bytes = PHOTO, key: str = "") -> httpx.Response:
        headers = {"Upload-Key": key or str(uuid4())}
        return self.http.post("messaging/uploads/", files={"file": photo}, headers=headers)

    def newest(self, conversation: Conversation) -> dict[str, Any]:
        found: dict[str, Any] = self.messages(conversation.pk).json()["results"][0]
        return found


@pytest.fixture
def talk(alice: User, bob: User) -> Conversation:
    return open_conversation(alice, bob)


@pytest.fixture
def his(host: WebServer, bob: User) -> Phone:
    return Phone(host, tokens_of(bob))


@pytest.fixture
def hers(host: WebServer, alice: User) -> Phone:
    return Phone(host, tokens_of(alice))


def test_message_has_its_photos_and_the_medium_size_of_the_first(
    host: WebServer, his: Phone, hers: Phone, talk: Conversation
) -> None:
    sent = his.form(f"{talk.pk}/send/", [PHOTO, draw("PNG", (40, 40))])

    link = Matches(rf"{host.url}/media/\S+")
    message = sent.json()
    first, second = message["attachments"]
    assert (sent.status_code, message["content"]) == (201, "")
    assert first == {
        "id": first["id"],
        "kind": "image",
        "width": 1280,
        "height": 2560,
        "bytes": len(httpx.get(first["urls"]["large"]).content),
        "blurhash": first["blurhash"],
        "urls": {"small": link, "medium": link, "large": link},
    }
    assert isinstance(first["blurhash"], str)
    assert (message["image"], second["width"]) == (first["urls"]["medium"], 40)
    sizes = [Image.open(BytesIO(httpx.get(each).content)).size for each in first["urls"].values()]
    assert sizes == [(160, 320), (640, 1280), (1280, 2560)]
    assert [hers.newest(talk), his.newest(talk)] == [message] * 2


def test_preview_tells_of_a_photo_without_text(his: Phone, hers: Phone, talk: Conversation) -> None:
    def preview() -> Any:
        return hers.get(f"{CONVERSATIONS}{talk.pk}/").json()["last_message_preview"]

    sent = his.form(f"{talk.pk}/send/", [PHOTO])
    of_photo = preview()
    his.form(f"{talk.pk}/send/", [PHOTO], content="x" * 101)
    of_text = preview()
    last = his.newest(talk)["id"]
    his.http.delete(f"{CONVERSATIONS}{talk.pk}/messages/{last}/")

    assert sent.status_code == 201
    assert (of_photo, of_text, preview()) == (
        "Sent a photo",
        "x" * 100,
        "This message was deleted",
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "GIF"])
def test_five_megabytes_with_a_caption_pass_whatever_type_is_declared(
    his: Phone, talk: Conversation, kind: str
) -> None:
    photo = draw(kind, (64, 48))
    photo += bytes(5 * 2**20 - len(photo))

    sent = his.form(f"{talk.pk}/send/", [photo], content="Look")

    assert (sent.status_code, sent.json()["content"]) == (201, "Look")
    assert len(sent.json()["attachments"]) == 1


def test_trainee_id_in_a_form_is_a_string(hers: Phone, bob: User, talk: Conversation) -> None:
    started = hers.form("start/", [PHOTO], trainee_id=str(bob.pk))

    assert (started.status_code, started.json()["conversation_id"]) == (201, talk.pk)
    assert started.json()["message"] == hers.newest(talk)


def test_flawed_photos_are_400_and_send_nothing(his: Phone, talk: Conversation) -> None:
    small, path = draw("JPEG", (40, 40)), f"{talk.pk}/send/"
    bodies: list[list[bytes]] = [
        [b""],
        [b"<svg xmlns='http://www.w3.org/2000/svg'/>"],
        [small[:200]],
        [small + bytes(10 * 2**20)],
        [declare(7746, 7747)],
        [small] * 11,
        [small, b"text"],
    ]

    answers = [his.form(path, photos, content="x") for photos in bodies]
    answers += [his.upload(b"text"), his.send(talk.pk, "")]
    answers.append(his.http.post(f"{CONVERSATIONS}{path}", files={"content": (None, " ")}))

    assert [each.status_code for each in answers] == [400] * len(answers)
    assert len(his.messages(talk.pk).json()["results"]) == 1


def test_upload_is_sent_by_its_owner_alone(
    his: Phone, hers: Phone, bob: User, talk: Conversation
) -> None:
    key, hello = str(uuid4()), his.newest(talk)["id"]
    first = his.upload(key=key)
    repeat = his.upload(key=key)

    stolen = hers.send(talk.pk, "", uploads=[first.json()["id"]])
    sent = his.send(talk.pk, "", uploads=[first.json()["id"]], reply_to=hello)
    twice = his.send(talk.pk, "", uploads=[first.json()["id"]])

    assert (first.status_code, repeat.status_code) == (201, 200)
    assert first.json() == repeat.json() == sent.json()["attachments"][0]
    assert (sent.status_code, sent.json()["reply_to"]["id"]) == (201, hello)
    assert {(each.status_code, each.json()["code"]) for each in (stolen, twice)} == {
        (400, "upload_not_found")
    }


def test_upload_is_forgotten_after_a_day(his: Phone, talk: Conversation) -> None:
    upload = his.upload().json()["id"]

    Attachment.objects.update(created_at=timezone.now() - timedelta(hours=25))

    assert his.send(talk.pk, "", uploads=[upload]).json()["code"] == "upload_not_found"


def test_link_is_the_same_on_each_read_and_dies_with_its_message(
    his: Phone, hers: Phone, talk: Conversation
) -> None:
    link = his.form(f"{talk.pk}/send/", [PHOTO]).json()["image"]
    before = [httpx.get(each).status_code for each in (link, link[:-2], link.split("?")[0])]
    message = hers.newest(talk)

    his.http.delete(f"{CONVERSATIONS}{talk.pk}/messages/{message['id']}/")

    assert (message["image"], before) == (link, [200, 404, 404])
    assert httpx.get(link).status_code == 404


def test_link_dies_with_the_account(
    host: WebServer, real_passwords: None, his: Phone, hers: Phone, bob: User, talk: Conversation
) -> None:
    bob.set_password("a-real-secret-7")
    bob.save()
    his = Phone(host, tokens_of(bob))
    link = his.form(f"{talk.pk}/send/", [PHOTO], content="Me").json()["image"]
    assert httpx.get(link).status_code == 200

    body = {"password": "a-real-secret-7"}
    gone = his.http.request("DELETE", "users/profiles/delete-account/", json=body)

    assert (gone.status_code, sorted(gone.json())) == (200, ["message", "success"])
    assert httpx.get(link).status_code == 404
    assert hers.newest(talk)["image"] is None


def test_photos_are_under_the_guards_of_sending(
    host: WebServer, hers: Phone, alice: User, bob: User, charlie: User, talk: Conversation
) -> None:
    eyes = Phone(host, impersonate(bob, by=alice)[1])
    stranger = Phone(host, tokens_of(charlie))
    other = open_conversation(alice, make_trainee("eve", alice))
    path = f"{talk.pk}/send/"

    viewed, uploaded = eyes.form(path, [PHOTO]), eyes.upload()
    strange = stranger.form(path, [PHOTO])
    unknown = stranger.form(f"{other.pk + 99}/send/", [PHOTO])
    hers.post(f"trainer/trainees/{bob.pk}/remove/")
    archived = hers.form(path, [PHOTO])

    codes = [(each.status_code, each.json()["code"]) for each in (viewed, uploaded, archived)]
    assert codes == [
        (403, "impersonation_read_only"),
        (403, "impersonation_read_only"),
        (403, "conversation_archived"),
    ]
    assert (strange.status_code, strange.json()) == (404, unknown.json())
