import threading
from collections.abc import Callable
from typing import ClassVar

from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection


class CountingHasher(MD5PasswordHasher):
    """A hasher that records the passwords that it hashes."""

    hashed: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str) -> str:
        self.hashed.append(password)
        return super().encode(password, salt)


class NewHasher(MD5PasswordHasher):
    """A hasher with its own algorithm; if it is preferred, existing passwords are rehashed."""

    algorithm = "new"


class HeldHasher(MD5PasswordHasher):
    """A hasher that blocks until it is released."""

    may_end: ClassVar[threading.Event] = threading.Event()
    begun: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str) -> str:
        self.begun.append(threading.current_thread().name)
        assert self.may_end.wait(30)
        return super().encode(password, salt)


class WatchfulHasher(MD5PasswordHasher):
    """A hasher that records for each password whether it was hashed within a transaction."""

    seen: ClassVar[list[tuple[str, bool]]] = []
    meanwhile: ClassVar[list[Callable[[], object]]] = []

    def encode(self, password: str, salt: str) -> str:
        self.seen.append((password, connection.in_atomic_block))
        while self.meanwhile:
            self.meanwhile.pop()()
        return super().encode(password, salt)
