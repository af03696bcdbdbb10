"""Exceptions of jobs: two that a handler raises to decide its own retry, and two of `enqueue`."""


class RetryLater(Exception):
    """A handler's temporary failure; retry after the backoff or `seconds`, whichever is longer."""

    def __init__(self, reason: str, *, seconds: float = 0) -> None:
        self.seconds = seconds
        super().__init__(reason)


class GiveUp(Exception):
    """A handler's permanent failure; the job is given up at once, without a retry."""


class UnknownKind(LookupError):
    """No handler is registered under this name."""


class InvalidArguments(TypeError):
    """The arguments are not JSON, are too large, or do not fit the handler's signature."""
