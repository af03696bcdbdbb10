"""Draws uploaded pictures anew, each in a process of its own, so that they are safe to store and serve."""

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import UnsupportedOperation
from itertools import accumulate
from tempfile import TemporaryFile
from typing import IO

from django.conf import settings

from api.errors import Busy
from media import decoder
from media.decoder import Drawing, NotAPicture, Outcome, Task, TooLarge, TooManyPixels

logger = logging.getLogger(__name__)

# The decoder ends itself after CPU_SECONDS. A busy machine may give it only a third of a core.
WAIT_SECONDS = 3 * decoder.CPU_SECONDS
# Where some builds of Python find their libraries. The decoder gets no other variable, such as a secret.
KEPT_VARIABLE = "LD_LIBRARY_PATH"
REFUSALS: dict[int, type[Exception]] = {
    Outcome.NOT_A_PICTURE: NotAPicture,
    Outcome.TOO_MANY_PIXELS: TooManyPixels,
}


def draw_anew(file: IO[bytes], *, sides: tuple[int, ...], formats: tuple[str, ...]) -> Drawing:
    """
    Return copies of a picture, one for each of `sides`; see `media.decoder.Task`.

    A process of its own decodes the picture, with at most `PICTURE_MEMORY_MB` of memory, so that no picture
    can stop the web process. Raise NotAPicture; or TooLarge if the picture has too many pixels, or needs
    more memory or time. Raise Busy if the system cannot start another process.
    """
    task = Task(sides, formats, settings.PICTURE_MEMORY_MB * 2**20)
    try:
        with _on_disk(file) as source:
            outcome, output = _run(source, task)
    except subprocess.TimeoutExpired:
        raise TooLarge from None
    except OSError as error:
        logger.warning("No process could be started for a picture: %s", error)
        raise Busy from None
    if outcome != Outcome.DONE:
        raise REFUSALS.get(outcome, TooLarge)
    return _parse(output)


@contextmanager
def _on_disk(file: IO[bytes]) -> Iterator[int]:
    """Yield a file descriptor of the file at its beginning; a file in memory is copied to the disk."""
    try:
        number = file.fileno()
    except UnsupportedOperation:
        with TemporaryFile() as copy:
            file.seek(0)
            shutil.copyfileobj(file, copy)
            copy.flush()
            yield _rewound(copy.fileno())
    else:
        yield _rewound(number)


def _rewound(number: int) -> int:
    os.lseek(number, 0, os.SEEK_SET)
    return number


def _run(source: int, task: Task) -> tuple[int, bytes]:
    """Run the decoder; return its exit code and its output. The code is negative if a signal ended it."""
    ended = subprocess.run(  # noqa: S603 - the command has nothing from the request
        [sys.executable, "-I", decoder.__file__, json.dumps(task)],
        stdin=source,
        capture_output=True,
        env={KEPT_VARIABLE: os.environ.get(KEPT_VARIABLE, "")},
        timeout=WAIT_SECONDS,
        check=False,
    )
    if ended.returncode not in list(Outcome):
        reason = ended.stderr[-500:].decode(errors="replace")
        logger.warning("The decoder of a picture ended with %s: %s", ended.returncode, reason)
    return ended.returncode, ended.stdout


def _parse(output: bytes) -> Drawing:
    """Split the decoder's output: a line of JSON, which has the lengths of the copies, then the copies."""
    line, _, content = output.partition(b"\n")
    head = json.loads(line)
    ends = list(accumulate(head.pop("copies")))
    starts = (0, *ends)
    return Drawing(**head, copies=tuple(map(content.__getitem__, map(slice, starts, ends))))
