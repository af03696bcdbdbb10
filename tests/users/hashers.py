import threading
from collections.abc import Callable
from typing import ClassVar

from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection


class CountingHasher(MD5PasswordHasher):
    """Remembers what it was asked to hash."""

    hashed: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str) -> str:
        self.hashed.append(password)
        return super().encode(password, salt)


class NewHasher(MD5PasswordHasher):
    """What passwords are hashed with from now on."""

    algorithm = "new"


class HeldHasher(MD5PasswordHasher):
    """Does not come to an end before it is let go."""

    may_end: ClassVar[threading.Event] = threading.Event()
    begun: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str) -> str:
        self.begun.append(threading.current_thread().name)
        assert self.may_end.wait(30)
        return super().encode(password, salt)


class WatchfulHasher(MD5PasswordHasher):
    """Remembers for each password whether it was hashed within a transaction."""

    seen: ClassVar[list[tuple[str, bool]]] = []
    meanwhile: ClassVar[list[Callable[[], object]]] = []

    def encode(self, password: str, salt: str) -> str:
        self.seen.append((password, connection.in_atomic_block))
        while self.meanwhile:
            self.meanwhile.pop()()
        return super().encode(password, salt)
