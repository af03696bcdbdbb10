from collections.abc import Callable
from typing import Any

from api.exceptions import ServiceError


def attempt(action: Callable[[], Any]) -> Any:
    """Return the result of an action, or the class of the service error that refuses it."""
    try:
        return action()
    except ServiceError as refusal:
        return type(refusal)
