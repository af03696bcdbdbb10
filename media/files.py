"""Stores and deletes files in the private storage: a folder, or a bucket of S3."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


def store_files(files: Iterable[tuple[str, bytes]]) -> None:
    """Store files under their names. If one cannot be stored, delete the others, and raise the error."""
    stored: list[str] = []
    try:
        for name, content in files:
            stored.append(name)
            default_storage.save(name, ContentFile(content))
    except Exception:
        with suppress(OSError):
            delete_files(stored)
        raise


def delete_files(names: Iterable[str]) -> None:
    """Delete files; those that do not exist are skipped."""
    for name in names:
        default_storage.delete(name)


def list_files(folder: str) -> list[str]:
    """Return the names of the files in a folder, which may not exist."""
    try:
        _, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    return [f"{folder}/{each}" for each in files if each]


def is_older(name: str, moment: datetime) -> bool:
    """Return whether a file was stored before `moment`. False if it does not exist."""
    try:
        return default_storage.get_modified_time(name) < moment
    except FileNotFoundError:
        return False
