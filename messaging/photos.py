"""The files of photos: their names, links, and who may read them."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from media.links import link_to
from messaging.models import Attachment

FOLDER = "photos"
SIDES = {"small": 320, "medium": 1280, "large": 2560}
"""The copies of a photo, and the pixels of their longer sides."""
# Files are spread over folders, so that each of them can be listed.
NAME = re.compile(rf"{FOLDER}/([0-9a-f]{{2}})/(\1[0-9a-f]{{30}})-({'|'.join(SIDES)})\.jpg")
SHARDS = [f"{FOLDER}/{number:02x}" for number in range(256)]


class Photo(NamedTuple):
    """An attachment as pages read it, with the field names of `Attachment`."""

    id: int
    kind: str
    width: int
    height: int
    bytes: int
    blurhash: str
    key: str
    created_at: datetime


def name_of(key: str, size: str) -> str:
    """Return the name of a file in the storage."""
    return f"{FOLDER}/{key[:2]}/{key}-{size}.jpg"


def names_of(keys: list[str]) -> Iterator[str]:
    """Yield the names of all files of these photos."""
    return (name_of(key, size) for key in keys for size in SIDES)


def key_of(name: str) -> str | None:
    """Return the key in the name of a file; None if it is not the name of a photo's file."""
    found = NAME.fullmatch(name)
    return found[2] if found else None


def links_of(photo: Photo | Attachment) -> dict[str, str]:
    """Return a link to each copy of a photo."""
    since = int(photo.created_at.timestamp())
    return {size: link_to(name_of(photo.key, size), since=since) for size in SIDES}


def is_readable(name: str) -> bool:
    """
    Return whether a file may be read, by anybody who has a valid link.

    Not once its message was deleted, or the erasure of its owner's account has begun.
    """
    key = key_of(name)
    if key is None:
        return False
    is_current = Q(message=None) | Q(message__removed_at=None)
    return Attachment.objects.filter(is_current, key=key, owner__erased_at=None).exists()
