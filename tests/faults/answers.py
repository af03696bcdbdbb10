from dataclasses import dataclass, field
from typing import Any

ACCEPTED = (200, 201, 204)
UNAVAILABLE = 503


@dataclass(frozen=True)
class Answer:
    """The response to one request; its status is 0 if there was none."""

    status: int
    body: Any
    began: float
    ended: float
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def is_accepted(self) -> bool:
        return self.status in ACCEPTED

    @property
    def is_clear(self) -> bool:
        """Return whether a 503 has its error code and a `Retry-After` header."""
        code = self.body.get("code") if isinstance(self.body, dict) else None
        return code == "temporarily_unavailable" and "retry-after" in self.headers
