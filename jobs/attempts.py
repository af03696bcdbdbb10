"""Tells the handler of a job which attempt it makes."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from jobs.claims import Claim


class Attempt(NamedTuple):
    """The number of an attempt, from 1, and whether the job is given up if this attempt fails."""

    number: int
    is_last: bool


FIRST = Attempt(1, is_last=False)
_current: ContextVar[Attempt] = ContextVar("attempt", default=FIRST)


@contextmanager
def attempting(claim: Claim) -> Iterator[None]:
    """Make this claim's attempt the current one of this thread."""
    token = _current.set(Attempt(claim.attempt, is_last=claim.attempt > claim.kind.retries))
    try:
        yield
    finally:
        _current.reset(token)


def get_current_attempt() -> Attempt:
    """Return the attempt that this thread makes; outside a job, the first of several."""
    return _current.get()
