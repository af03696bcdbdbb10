"""Prints the address of a development server, as soon as the server answers."""

import sys
import time
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from threading import Thread

POLL_SECONDS = 0.2
TIMEOUT_SECONDS = 5
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what HOST may be, and how to reach it


def announce_when_ready(url: str, *, host: str, port: int) -> None:
    """Print `url` once the server at `host` and `port` answers; return immediately."""
    host = ANY_ADDRESS.get(host, host)
    Thread(target=_announce, args=(url, host, port), name="announcement", daemon=True).start()


def _announce(url: str, host: str, port: int) -> None:
    while not _answers(host, port):
        time.sleep(POLL_SECONDS)
    sys.stdout.write(f"\n  Ready. Open {url}/ (Ctrl-C stops the server)\n")
    sys.stdout.flush()


def _answers(host: str, port: int) -> bool:
    connection = HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    with suppress(OSError, HTTPException):
        connection.request("GET", "/healthz")
        return connection.getresponse().status == HTTPStatus.OK
    return False
