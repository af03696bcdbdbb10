"""Writes a person's data into a zip file: as JSON for programs, and as HTML pages for people."""

import json
import shutil
from collections.abc import Iterable
from contextlib import suppress
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import escape

from messaging.models import Conversation
from messaging.photos import name_of
from privacy.contents import (
    describe_account,
    describe_conversation,
    iterate_messages,
    list_conversations,
    list_photos,
    photo_path,
)
from users.models import User

HEAD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Your data</title>'
    "<style>body{font-family:sans-serif;max-width:50em;margin:2em auto}"
    "pre{white-space:pre-wrap}p{white-space:pre-wrap;unicode-bidi:plaintext}</style></head><body>"
)
FOOT = "</body></html>"


def write_archive(user: User, file: IO[bytes]) -> None:
    """Write everything that the product stores about a person, as a zip file."""
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        account = describe_account(user)
        archive.writestr("account.json", _encode(account, indent=2))
        links = [_write_conversation(archive, user, each) for each in list_conversations(user)]
        picture = _write_picture(archive, user)
        archive.writestr("index.html", _page("Your data", _describe(account), picture, *links))


def _write_conversation(archive: ZipFile, user: User, conversation: Conversation) -> str:
    """Write a conversation as JSON and as HTML, message by message; return a link to the page."""
    described = describe_conversation(user, conversation)
    path = f"conversations/{conversation.pk}"
    with archive.open(f"{path}.json", "w") as file:
        file.write(_encode(described)[:-1].encode() + b', "messages": [')
        for number, each in enumerate(iterate_messages(conversation)):
            file.write((b",\n" if number else b"\n") + _encode(each).encode())
        file.write(b"\n]}\n")
    _write_photos(archive, conversation)
    title = f"{described['trainer']} and {described['trainee']}"
    with archive.open(f"{path}.html", "w") as file:
        file.write(f"{HEAD}<h1>{escape(title)}</h1>".encode())
        for each in iterate_messages(conversation):
            file.write(_message(each).encode())
        file.write(FOOT.encode())
    return f'<p><a href="{path}.html">{escape(title)}</a></p>'


def _write_photos(archive: ZipFile, conversation: Conversation) -> None:
    """Write the photos of a conversation one by one, without loading them into memory."""
    for photo in list_photos(conversation):
        with (
            suppress(FileNotFoundError),  # deleted meanwhile
            default_storage.open(name_of(photo.key, "large")) as source,
            archive.open(photo_path(photo), "w") as target,
        ):
            shutil.copyfileobj(source, target)


def _write_picture(archive: ZipFile, user: User) -> str:
    """Write the profile picture, if there is one; return its HTML."""
    storage, name = user.profile_image.storage, user.profile_image.name
    if not name or not storage.exists(name):
        return ""
    with storage.open(name) as file:
        archive.writestr("picture.jpg", file.read())
    return '<p><img src="picture.jpg" alt="Your picture" width="200"></p>'


def _message(message: dict[str, Any]) -> str:
    head = f"{message['from']}, {message['created_at']:%Y-%m-%d %H:%M} UTC"
    photos = "".join(
        f'<p><img src="../{each}" alt="" width="400"></p>' for each in message["photos"]
    )
    return f"<h2>{escape(head)}</h2><p>{escape(message['content'])}</p>{photos}\n"


def _describe(account: dict[str, Any]) -> str:
    sections: Iterable[tuple[str, Any]] = account.items()
    return "".join(
        f"<h2>{escape(name.replace('_', ' ').capitalize())}</h2>"
        f"<pre>{escape(_encode(value, indent=2))}</pre>"
        for name, value in sections
    )


def _page(title: str, *parts: str) -> str:
    return f"{HEAD}<h1>{escape(title)}</h1>{''.join(parts)}{FOOT}"


def _encode(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=indent)
