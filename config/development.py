"""Secret keys for development, where no environment variable is required."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def development_key(path: Path, size: int) -> str:
    """
    Return the random key in a file; create the file, with a key of `size` bytes, if it is missing.

    A key in the repository would allow anyone to sign tokens.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        draft.write_text(secrets.token_urlsafe(size))
        # Create the file atomically, because another process may be doing the same.
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text()
