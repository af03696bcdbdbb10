"""Lists the events that a transaction announces when it commits."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from users.models import User


def list_events(callbacks: Iterable[Callable[[], Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Return the group and event of each on-commit callback that announces one."""
    return [each.args for each in callbacks if isinstance(each, partial)]


def list_kinds(callbacks: Iterable[Callable[[], Any]]) -> list[tuple[str, str]]:
    return [(group, event["type"]) for group, event in list_events(callbacks)]


def to(user: User, kind: str) -> tuple[str, str]:
    return (f"user.{user.pk}", kind)
