"""Checks the arguments of a job when it is enqueued, so that an error is raised in the caller."""

import json
import re
from collections.abc import Mapping
from typing import Any

from jobs.exceptions import InvalidArguments

# Arguments refer to rows by id. Large data belongs in a table of its own.
MAX_LENGTH = 16_384
# PostgreSQL's `jsonb` cannot contain a NUL.
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def encode_args(args: Mapping[str, Any]) -> str:
    """
    Return the arguments as JSON.

    Raise InvalidArguments if they cannot be encoded, contain a NUL, are too long, or would be changed
    by encoding: JSON turns tuples into lists, and numeric keys into strings.
    """
    try:
        text = json.dumps(dict(args), allow_nan=False, ensure_ascii=False)
        text.encode()  # fails for a lone surrogate
    except (TypeError, ValueError) as error:
        raise InvalidArguments(f"Not JSON: {error}") from error
    if json.loads(text) != dict(args):
        raise InvalidArguments("Encoding as JSON would change the arguments.")
    if NUL.search(text) or len(text) > MAX_LENGTH:
        raise InvalidArguments(f"The arguments contain a NUL or exceed {MAX_LENGTH} characters.")
    return text
