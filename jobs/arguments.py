"""Checks the arguments of a job when it is enqueued, so that a mistake fails in its caller."""

import json
import re
from collections.abc import Mapping
from typing import Any

from jobs.exceptions import InvalidArguments

# Arguments name rows. Large contents belong into a table of their own.
MAX_LENGTH = 16_384
# PostgreSQL's `jsonb` takes no NUL.
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def encode_args(args: Mapping[str, Any]) -> str:
    """
    Return arguments as JSON; raise InvalidArguments if a handler would not receive them unchanged.

    JSON would turn a tuple into a list, and a number as a key into a string.
    """
    try:
        text = json.dumps(dict(args), allow_nan=False, ensure_ascii=False)
        text.encode()  # fails for half a surrogate pair
    except (TypeError, ValueError) as error:
        raise InvalidArguments(f"Not JSON: {error}") from error
    if json.loads(text) != dict(args):
        raise InvalidArguments("JSON would change these arguments.")
    if NUL.search(text) or len(text) > MAX_LENGTH:
        raise InvalidArguments(f"The arguments hold a NUL, or over {MAX_LENGTH} characters.")
    return text
