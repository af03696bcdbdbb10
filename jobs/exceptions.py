"""Exceptions that handlers raise to control their retries, and exceptions that `enqueue` raises."""


class RetryLater(Exception):
    """A temporary failure: the job is retried after the backoff or `seconds`, whichever is longer."""

    def __init__(self, reason: str, *, seconds: float = 0) -> None:
        self.seconds = seconds
        super().__init__(reason)


class GiveUp(Exception):
    """A permanent failure: the job is given up without a retry."""


class UnknownKind(LookupError):
    """No handler is registered for this kind."""


class InvalidArguments(TypeError):
    """The arguments cannot be stored as JSON, are too long, or do not match the handler's signature."""
