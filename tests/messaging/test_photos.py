"""Photos: uploaded, sent with messages, shown by links, and refused."""

from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection
from PIL import Image

from jobs.models import Job
from media.links import link_to
from media.serving import FileResponse, _type_of
from messaging.models import Attachment, Conversation, Message
from messaging.models.attachments import UPLOAD_LIFETIME
from messaging.photos import name_of
from messaging.services import uploading
from messaging.services.archiving import archive_conversations_for_trainee
from tests.conftest import Client
from tests.database_errors import away
from tests.factories import impersonate, write
from tests.media.pictures import draw
from tests.messaging.bodies import ARCHIVED, NOT_FOUND, READ_ONLY, message_body, wire
from tests.messaging.photos import (
    PHOTO,
    UPLOADS,
    as_file,
    fetch,
    send_form,
    send_photo,
    send_uploads,
    upload,
    upload_ids,
)
from tests.refusals import refusal
from users.models import User

LIST = "/api/messaging/conversations/"
KEY = "6c6f7665-2d74-4f2d-8b65-6570657265aa"
UPLOAD_NOT_FOUND = refusal(
    "A photo was not sent within a day. Please add it again.", "upload_not_found"
)
NOT_A_PHOTO = refusal(
    "This file is not a JPEG, PNG, WebP, GIF or HEIC photo, or it is damaged.", "not_a_photo"
)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def files_in(media: Path) -> list[Path]:
    return [each for each in media.rglob("*") if each.is_file()]


# Uploading
# ------------------------------------------------------------------------------
def test_upload_is_described_and_its_links_show_three_sizes(api: Client, bob: User) -> None:
    response = upload(api.as_user(bob), draw("JPEG", (3000, 1500)))

    body = response.json()
    pictures = {size: fetch(url) for size, url in body["urls"].items()}
    contents = {size: b"".join(each) for size, each in pictures.items()}
    sizes = {size: Image.open(BytesIO(each)).size for size, each in contents.items()}
    assert response.status_code == 201
    assert body == {
        "id": Attachment.objects.get().pk,
        "kind": "image",
        "width": 1280,
        "height": 2560,
        "bytes": len(contents["large"]),
        "blurhash": body["blurhash"],
        "urls": body["urls"],
    }
    assert len(body["blurhash"]) > 6
    assert sizes == {"small": (160, 320), "medium": (640, 1280), "large": (1280, 2560)}
    assert all(b"taken at home" not in each for each in contents.values())


def test_repeated_upload_returns_the_first(api: Client, bob: User, media: Path) -> None:
    key = uuid4()
    first = upload(api.as_user(bob), key=key)

    second = upload(api, b"anything", key=key)

    assert (first.status_code, second.status_code, second.json()) == (201, 200, first.json())
    assert (Attachment.objects.count(), len(files_in(media))) == (1, 3)


def test_same_key_of_another_person_is_another_upload(api: Client, alice: User, bob: User) -> None:
    key = uuid4()

    first, second = upload(api.as_user(alice), key=key), upload(api.as_user(bob), key=key)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]


def test_upload_with_the_key_of_a_forgotten_one_is_stored_anew(api: Client, bob: User) -> None:
    key = uuid4()
    first = upload(api.as_user(bob), key=key).json()
    age(Attachment.objects.get())

    second = upload(api, key=key)

    assert (second.status_code, second.json()["id"] == first["id"]) == (201, False)
    assert Attachment.objects.count() == 1


def age(attachment: Attachment) -> None:
    """Make an upload as old as those that are forgotten."""
    attachment.created_at -= UPLOAD_LIFETIME
    attachment.save()


def test_upload_whose_repeat_was_faster_returns_that_one(
    api: Client, bob: User, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, draw_photo, seen = uuid4(), uploading._draw, []

    def draw_late(file: Any) -> Any:
        monkeypatch.setattr(uploading, "_draw", draw_photo)
        seen.append(upload(api, key=key).json())
        return draw_photo(file)

    api.as_user(bob)
    monkeypatch.setattr(uploading, "_draw", draw_late)

    second = upload(api, key=key)

    assert (second.status_code, second.json()) == (200, seen[0])
    assert len(files_in(media)) == 3


def test_files_are_deleted_if_their_row_cannot_be_stored(
    bob: User, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "make_file_key", lambda: "x" * 32)
    Attachment.objects.create(
        owner=bob, upload_key=uuid4(), key="x" * 32, width=1, height=1, bytes=1, blurhash="x"
    )

    with pytest.raises(IntegrityError):
        uploading.upload_photo(owner=bob, file=as_file(), upload_key=uuid4())

    assert files_in(media) == []


def test_upload_without_a_key_is_stored(api: Client, bob: User) -> None:
    response = api.as_user(bob).post(UPLOADS, {"file": as_file()}, format="multipart")

    assert response.status_code == 201


def test_upload_with_a_malformed_key_is_refused(api: Client, bob: User) -> None:
    response = upload(api.as_user(bob), key="1")

    assert (response.status_code, response.json()) == (400, {"Upload-Key": ["This is not a UUID."]})


@pytest.mark.parametrize("body", [{}, {"file": "text"}, {"image": "x"}])
def test_upload_without_a_file_is_refused(api: Client, bob: User, body: dict[str, str]) -> None:
    response = api.as_user(bob).post(UPLOADS, body, format="multipart")

    assert (response.status_code, list(response.json())) == (400, ["file"])


def test_full_quota_refuses_uploads_until_photos_are_deleted(
    api: Client, bob: User, settings: Any
) -> None:
    settings.UPLOAD_QUOTA_BYTES = 1
    first, second = upload(api.as_user(bob)), upload(api)

    assert (first.status_code, second.status_code, second.json()) == (
        201,
        403,
        refusal(
            "Your space for photos is full. Delete some of your photos first.",
            "upload_quota_exceeded",
        ),
    )
    uploading.forget(Attachment.objects.all())
    assert upload(api).status_code == 201


def test_quota_can_be_switched_off(api: Client, bob: User, settings: Any) -> None:
    settings.UPLOAD_QUOTA_BYTES = 0
    upload(api.as_user(bob))

    assert upload(api).status_code == 201


# Sending
# ------------------------------------------------------------------------------
def test_uploads_are_sent_in_the_order_of_their_ids(
    api: Client, bob: User, conversation: Conversation
) -> None:
    first, second = upload(api.as_user(bob)).json(), upload(api).json()

    response = send_uploads(api, conversation, [second["id"], first["id"]])

    expected = {
        **message_body(Message.objects.latest("pk")),
        "image": second["urls"]["medium"],
        "attachments": [second, first],
    }
    assert (response.status_code, response.json()) == (201, expected)
    assert response.json()["content"] == ""


def test_photos_are_in_pages_of_both_people(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    sent = send_form(api.as_user(bob), conversation, PHOTO, content=" A caption ").json()

    pages = [
        api.as_user(each).get(f"{LIST}{conversation.pk}/messages/").json()["results"]
        for each in (alice, bob)
    ]

    assert pages[0] == pages[1]
    assert (pages[0][0], sent["content"]) == (sent, "A caption")
    assert (pages[0][1]["image"], pages[0][1]["attachments"]) == (None, [])


def test_form_starts_a_conversation(api: Client, alice: User, bob: User) -> None:
    response = api.as_user(alice).post(
        f"{LIST}start/", {"trainee_id": str(bob.pk), "image": as_file()}, format="multipart"
    )

    body = response.json()
    assert (response.status_code, body["is_new_conversation"]) == (201, True)
    assert len(body["message"]["attachments"]) == 1


def test_uploads_start_a_conversation(api: Client, alice: User, bob: User) -> None:
    body = {"trainee_id": str(bob.pk), "uploads": upload_ids(api.as_user(alice), 2)}

    response = api.post(f"{LIST}start/", body)

    assert [each["id"] for each in response.json()["message"]["attachments"]] == body["uploads"]


@pytest.mark.parametrize(("text", "preview"), [("", "Sent a photo"), ("Look", "Look")])
def test_preview_of_a_photo_is_its_text_or_a_sentence(
    api: Client, alice: User, bob: User, conversation: Conversation, text: str, preview: str
) -> None:
    send_form(api.as_user(bob), conversation, PHOTO, content=text)

    (listed,) = api.as_user(alice).get(LIST).json()["results"]

    assert (listed["last_message_preview"], listed["unread_count"]) == (preview, 1)


def test_form_without_a_photo_sends_its_text(
    api: Client, bob: User, conversation: Conversation
) -> None:
    response = send_form(api.as_user(bob), conversation, content="Only a text")

    assert (response.status_code, response.json()["content"]) == (201, "Only a text")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "This field is required."),
        ({"content": "  "}, "This field may not be blank."),
        ({"content": None}, "This field may not be null."),
        ({"content": "", "uploads": []}, "This field may not be blank."),
        ({"content": "", "uploads": None}, "This field may not be blank."),
    ],
)
def test_message_with_neither_text_nor_photo_is_refused(
    api: Client, bob: User, conversation: Conversation, content: dict[str, Any], message: str
) -> None:
    response = api.as_user(bob).post(f"{LIST}{conversation.pk}/send/", content)

    assert (response.status_code, response.json()) == (400, {"content": [message]})


def test_text_may_name_null_as_its_uploads(
    api: Client, bob: User, conversation: Conversation
) -> None:
    body = {"content": "Hi", "uploads": None}
    response = api.as_user(bob).post(f"{LIST}{conversation.pk}/send/", body)

    assert (response.status_code, response.json()["content"]) == (201, "Hi")


def test_form_with_neither_text_nor_photo_is_refused(
    api: Client, bob: User, conversation: Conversation
) -> None:
    response = send_form(api.as_user(bob), conversation, content="")

    assert (response.status_code, response.json()) == (
        400,
        {"content": ["This field may not be blank."]},
    )


def test_repeated_form_returns_the_first_message_and_leaves_no_upload(
    api: Client, bob: User, conversation: Conversation, media: Path
) -> None:
    client_id = str(uuid4())
    first = send_form(api.as_user(bob), conversation, PHOTO, client_id=client_id)

    second = send_form(api, conversation, PHOTO, client_id=client_id)

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == first.json()
    assert (Attachment.objects.count(), len(files_in(media))) == (1, 3)


def test_repeated_start_returns_the_first_message_and_leaves_no_upload(
    api: Client, alice: User, bob: User
) -> None:
    answers = [
        api.as_user(alice).post(
            f"{LIST}start/",
            {"trainee_id": bob.pk, "image": as_file(), "client_id": KEY},
            format="multipart",
        )
        for _ in range(2)
    ]

    assert [each.status_code for each in answers] == [201, 200]
    assert answers[0].json()["message"] == answers[1].json()["message"]
    assert Attachment.objects.count() == 1


def test_repeated_uploads_return_the_first_message(
    api: Client, bob: User, conversation: Conversation
) -> None:
    ids = upload_ids(api.as_user(bob))

    first = send_uploads(api, conversation, ids, client_id=KEY)
    second = send_uploads(api, conversation, ids, client_id=KEY)

    assert (second.status_code, second.json()) == (200, first.json())


def test_form_that_is_overtaken_by_its_repeat_leaves_no_upload(
    api: Client, bob: User, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second request arrives while the photo of the first is being drawn."""
    draw_photo = uploading._draw

    def draw_late(file: Any) -> Any:
        monkeypatch.setattr(uploading, "_draw", draw_photo)
        send_form(api, conversation, PHOTO, client_id=KEY)
        return draw_photo(file)

    api.as_user(bob)
    monkeypatch.setattr(uploading, "_draw", draw_late)

    response = send_form(api, conversation, PHOTO, client_id=KEY)

    assert (response.status_code, Attachment.objects.count()) == (200, 1)
    assert Message.objects.filter(client_id=KEY).count() == 1


# Refusals
# ------------------------------------------------------------------------------
def test_uploads_that_cannot_be_sent_are_refused_alike(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    (hers,) = upload_ids(api.as_user(alice))
    sent, old, own = upload_ids(api.as_user(bob), 3)
    send_uploads(api, conversation, [sent])
    age(Attachment.objects.get(pk=old))

    answers = [
        send_uploads(api, conversation, ids)
        for ids in ([hers], [sent], [old], [999], [own, own], [own, hers])
    ]

    assert [each.status_code for each in answers] == [400] * 6
    assert [each.json() for each in answers] == [UPLOAD_NOT_FOUND] * 6
    assert Message.objects.count() == 2
    assert send_uploads(api, conversation, [own]).status_code == 201


@pytest.mark.parametrize("uploads", [5, "x", [None], [[1]], ["x"], [2**64], [-1], {"a": 1}])
def test_uploads_that_are_no_ids_are_refused(
    api: Client, bob: User, conversation: Conversation, uploads: Any
) -> None:
    response = send_uploads(api.as_user(bob), conversation, uploads)

    assert (response.status_code, list(response.json())) == (400, ["uploads"])


def test_more_than_ten_photos_are_refused(
    api: Client, bob: User, conversation: Conversation
) -> None:
    too_many = refusal("A message may have at most 10 photos.", "too_many_photos")

    by_id = send_uploads(api.as_user(bob), conversation, list(range(1, 12)))
    by_form = send_form(api, conversation, *[PHOTO] * 11)
    mixed = send_form(api, conversation, PHOTO, uploads=list(range(1, 11)))

    assert [each.status_code for each in (by_id, by_form, mixed)] == [400] * 3
    assert [each.json() for each in (by_id, by_form, mixed)] == [too_many] * 3


def test_text_in_place_of_a_photo_is_refused(
    api: Client, bob: User, conversation: Conversation
) -> None:
    response = send_form(api.as_user(bob), conversation, image="text")

    assert (response.status_code, list(response.json())) == (400, ["image"])


def test_ten_photos_are_sent(api: Client, bob: User, conversation: Conversation) -> None:
    response = send_uploads(api.as_user(bob), conversation, upload_ids(api, 10))

    assert (response.status_code, len(response.json()["attachments"])) == (201, 10)


def test_form_with_one_bad_photo_sends_and_leaves_nothing(
    api: Client, bob: User, conversation: Conversation
) -> None:
    response = send_form(api.as_user(bob), conversation, PHOTO, b"<svg/>", content="x")

    assert (response.status_code, response.json()) == (400, NOT_A_PHOTO)
    assert (Attachment.objects.count(), Message.objects.count()) == (0, 1)


def test_strangers_and_impersonators_send_no_photos(
    api: Client, alice: User, bob: User, charlie: User, conversation: Conversation, media: Path
) -> None:
    stranger = send_form(api.as_user(charlie), conversation, b"no photo")
    _, tokens = impersonate(bob, by=alice)
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")
    answers = [upload(api), send_form(api, conversation, PHOTO)]

    assert (stranger.status_code, stranger.json()) == (404, NOT_FOUND)
    assert [(each.status_code, each.json()) for each in answers] == [(403, READ_ONLY)] * 2
    assert files_in(media) == []


def test_photos_to_an_archived_conversation_are_refused_before_they_are_drawn(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    archive_conversations_for_trainee(trainer=alice, trainee=bob)

    response = send_form(api.as_user(alice), conversation, b"no photo")

    assert (response.status_code, response.json()) == (403, ARCHIVED)


def test_only_a_trainer_starts_and_only_with_an_own_trainee(
    api: Client, bob: User, charlie: User, alice: User
) -> None:
    form = {"trainee_id": str(charlie.pk), "image": as_file(b"no photo")}
    answers = [
        api.as_user(each).post(f"{LIST}start/", form, format="multipart") for each in (bob, alice)
    ]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (403, "trainer_only"),
        (404, "trainee_not_found"),
    ]


def test_photos_past_the_throttle_are_refused_before_they_are_drawn(
    api: Client, bob: User, conversation: Conversation, settings: Any
) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "messaging": "1/minute"}
    api.as_user(bob)
    statuses = [send_form(api, conversation, each).status_code for each in (PHOTO, PHOTO, b"no")]

    assert statuses == [201, 429, 429]
    assert Attachment.objects.count() == 1


# Links
# ------------------------------------------------------------------------------
def test_file_is_served_privately(api: Client, bob: User, conversation: Conversation) -> None:
    url = send_form(api.as_user(bob), conversation, PHOTO).json()["image"]

    response = fetch(url)

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/jpeg"
    assert int(response.headers["Content-Length"]) == len(b"".join(response))
    assert response.headers["Cache-Control"] == "private, max-age=86400"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_proxy_sends_the_file_if_it_has_a_location_for_it(
    api: Client, bob: User, conversation: Conversation, settings: Any
) -> None:
    settings.MEDIA_DELIVERY, settings.MEDIA_ACCEL_PREFIX = "accel", "/internal-media/"
    photo = send_photo(api, bob, conversation)

    response = fetch(link_to(name_of(photo.key, "small")))

    assert (response.status_code, response.content) == (200, b"")
    location = f"/internal-media/photos/{photo.key[:2]}/{photo.key}-small.jpg"
    assert response.headers["X-Accel-Redirect"] == location
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["Cache-Control"] == "private, max-age=86400"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_file_that_a_browser_has_is_not_sent_again(
    api: Client, bob: User, conversation: Conversation
) -> None:
    photo = send_photo(api, bob, conversation)
    link = link_to(name_of(photo.key, "small"))
    sent = fetch(link)

    again = fetch(link, **{"If-None-Match": sent["ETag"]})
    other = fetch(link, **{"If-None-Match": '"another"'})

    assert sent["ETag"] == f'"{photo.key}-small.jpg"'
    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] == "private, max-age=86400"
    assert other.status_code == 200


def test_file_of_unknown_type_is_not_guessed_by_browsers() -> None:
    assert _type_of("photos/x") == "application/octet-stream"


def test_file_that_is_missing_is_not_found(
    api: Client, bob: User, conversation: Conversation
) -> None:
    photo = send_photo(api, bob, conversation)
    name = name_of(photo.key, "small")

    default_storage.delete(name)

    assert fetch(link_to(name)).status_code == 404


def test_link_is_a_temporary_error_while_the_database_is_away(
    api: Client, bob: User, conversation: Conversation, caplog: pytest.LogCaptureFixture
) -> None:
    link = link_to(name_of(send_photo(api, bob, conversation).key, "small"))
    api.raise_request_exception = False

    with connection.execute_wrapper(raise_away):
        response = api.get(link)

    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert [each for each in caplog.records if each.exc_info] == []


def raise_away(*_: Any) -> None:
    raise away()


def test_file_is_sent_part_by_part_to_a_server_of_asgi(media: Path) -> None:
    default_storage.save("photos/large", ContentFile(bytes(150_000)))

    async def read() -> list[int]:
        response = FileResponse(default_storage.open("photos/large"))
        return [len(part) async for part in response]

    assert async_to_sync(read)() == [65536, 65536, 18928]


def test_link_is_the_same_for_everybody_and_on_each_read(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    sent = send_form(api.as_user(bob), conversation, PHOTO).json()["image"]

    read = api.as_user(alice).get(f"{LIST}{conversation.pk}/messages/").json()["results"][0]

    assert read["image"] == sent


def test_link_dies_with_its_message(api: Client, bob: User, conversation: Conversation) -> None:
    photo = send_photo(api, bob, conversation)
    url = upload_url(api, conversation)
    assert fetch(url).status_code == 200

    Message.objects.filter(attachments=photo).update(removed_at=photo.created_at)

    assert fetch(url).status_code == 404


def upload_url(api: Client, conversation: Conversation) -> str:
    found = api.get(f"{LIST}{conversation.pk}/messages/").json()["results"][0]["image"]
    assert isinstance(found, str)
    return found


def test_link_dies_with_its_account(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    photo = send_photo(api, bob, conversation)
    url = upload_url(api, conversation)

    User.objects.filter(pk=bob.pk).update(erased_at=photo.created_at)

    assert fetch(url).status_code == 404
    assert upload_url_or_none(api.as_user(alice), conversation) is None


def upload_url_or_none(api: Client, conversation: Conversation) -> Any:
    return api.get(f"{LIST}{conversation.pk}/messages/").json()["results"][0]["image"]


def test_other_files_are_never_served(media: Path) -> None:
    names = ["incoming/x", "photos/aa/x.jpg", "photos/../x", f"photos/aa/{'b' * 32}-small.jpg", ""]
    for name in names[:2]:
        default_storage.save(name, ContentFile(b"x"))

    assert [fetch(link_to(name)).status_code for name in names] == [404] * 5


def test_photos_take_one_query_for_a_page(
    api: Client, bob: User, conversation: Conversation, django_assert_num_queries: Any
) -> None:
    api.as_user(bob)
    path = f"{LIST}{conversation.pk}/messages/"
    api.get(path)
    with django_assert_num_queries(2):
        api.get(path)
    for _ in range(3):
        send_form(api, conversation, PHOTO, PHOTO)
    write(bob, conversation, "text")

    with django_assert_num_queries(3):
        page = api.get(path).json()["results"]

    assert [len(each["attachments"]) for each in page] == [0, 2, 2, 2, 0]
    assert wire(page) == page


def test_deleted_photos_have_a_job_that_deletes_their_files(
    api: Client, bob: User, conversation: Conversation
) -> None:
    photo = send_photo(api, bob, conversation)

    uploading.forget_files([photo.message_id or 0])

    job = Job.objects.get(kind="messaging.delete_photos")
    assert (job.args, Attachment.objects.count()) == ({"keys": [photo.key]}, 0)


def test_found_message_shows_its_first_photo(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    sent = send_form(api.as_user(bob), conversation, PHOTO, PHOTO, content="A sunset").json()

    (found,) = api.as_user(alice).get("/api/messaging/search/?q=sunset").json()["results"]

    assert (found["message_id"], found["image_url"]) == (sent["id"], sent["image"])


# Malformed forms
# ------------------------------------------------------------------------------
def post_raw(api: Client, conversation: Conversation, body: bytes, boundary: str = "x") -> Any:
    kind = f"multipart/form-data; boundary={boundary}" if boundary else "multipart/form-data"
    path = f"{LIST}{conversation.pk}/send/"
    return api.generic("POST", path, body, content_type=kind)  # type: ignore[arg-type]  # as Django takes it


def part(name: str, content: bytes, filename: str = "") -> bytes:
    file = f'; filename="{filename}"' if filename else ""
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + content + b"\r\n"


@pytest.mark.parametrize(
    ("body", "boundary"),
    [
        (b"", "x"),
        (b"--x--\r\n", "x"),
        (b"nonsense", "x"),
        (part("image", PHOTO, "a") + b"--x--", ""),
        (part("content", b"\0") + b"--x--", "x"),
        (part("content", b"\xff\xfe") + part("image", b"", "a") + b"--x--", "x"),
        (part("content", b"a" * 2**21) + b"--x--", "x"),
        (part("content", b"a") * 2000 + b"--x--", "x"),
        (part("image", b"a", "a") * 200 + b"--x--", "x"),
        (part("content", b"a") + part("client_id", b"x") + b"--x--", "x"),
        (part("content", b"a") + part("reply_to", b"-1") + b"--x--", "x"),
        (part("content", b"a") + part("uploads", b"9" * 30) + b"--x--", "x"),
        (part("content", b"a" * 2001) + part("image", PHOTO, "a") + b"--x--", "x"),
    ],
)
def test_malformed_form_is_refused(
    api: Client, bob: User, conversation: Conversation, body: bytes, boundary: str
) -> None:
    response = post_raw(api.as_user(bob), conversation, body, boundary)

    assert 400 <= response.status_code < 500
    assert response.json()
    assert Message.objects.count() == 1


@pytest.mark.parametrize("filename", ["", "f"])
def test_form_with_thousands_of_parts_is_one_warning_in_the_log(
    api: Client,
    bob: User,
    conversation: Conversation,
    caplog: pytest.LogCaptureFixture,
    filename: str,
) -> None:
    parts = b"".join(part(f"f{number}", b"x", filename) for number in range(1001))
    body = parts + part("image", PHOTO, "photo") + b"--x--\r\n"

    response = post_raw(api.as_user(bob), conversation, body)

    assert response.status_code == 400
    logged = [(each.levelname, each.exc_info) for each in caplog.records]
    assert logged == [("WARNING", None)]
