from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """How serious a finding is: a fault stops the start, a warning does not."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "FAULT"


@dataclass(frozen=True)
class Finding:
    """What a probe has found, in one line; a fault or warning begins with the variable to change."""

    level: Level
    text: str

    def __str__(self) -> str:
        return f"{self.level.value:8}{self.text}"


def ok(text: str) -> Finding:
    return Finding(Level.OK, text)


def warning(text: str) -> Finding:
    return Finding(Level.WARNING, text)


def fault(text: str) -> Finding:
    return Finding(Level.FAULT, text)


def reason_of(error: BaseException) -> str:
    """Return the first line of an error's message, or its name if it has none."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].rstrip(".")
