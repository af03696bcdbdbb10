"""A push service and browser keys for tests. They import nothing from the product."""

import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SUCCESS = 2


@dataclass(frozen=True)
class Received:
    """One received request."""

    path: str
    headers: dict[str, str]
    body: bytes
    # The time of arrival, in seconds of `time.monotonic()`.
    at: float = 0.0


class PushService(ThreadingHTTPServer):
    """
    Receives all POST requests, and answers them with the status `status`.

    If answers are queued for a path, requests to this path get these answers first, in order.
    `received` lists all requests, and `taken` only the requests answered with a 2xx status. Between
    `close_gate` and `open_gate`, requests are received but not answered.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.received: list[Received] = []
        self.taken: list[Received] = []
        self.answers: dict[str, list[tuple[int, dict[str, str], bytes]]] = {}
        self.status = 201
        self._gate = threading.Event()
        self._gate.set()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def will_answer(
        self,
        path: str,
        status: int,
        body: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        answer = (status, headers or {}, json.dumps(body or {}).encode())
        self.answers.setdefault(path, []).append(answer)

    def at(self, path: str) -> list[Received]:
        return [each for each in self.received if each.path == path]

    def close_gate(self) -> None:
        self._gate.clear()

    def open_gate(self) -> None:
        self._gate.set()

    def answer_to(self, path: str) -> tuple[int, dict[str, str], bytes]:
        self._gate.wait()
        waiting = self.answers.get(path)
        return waiting.pop(0) if waiting else (self.status, {}, b"")


class _Answering(BaseHTTPRequestHandler):
    server: PushService

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        received = Received(self.path, dict(self.headers), body, time.monotonic())
        self.server.received.append(received)
        status, headers, answer = self.server.answer_to(self.path)
        if status // 100 == SUCCESS:
            self.server.taken.append(received)
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(answer))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by the library
        pass


@contextmanager
def running_push_service() -> Iterator[PushService]:
    with PushService() as service:
        thread = threading.Thread(target=service.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield service
        service.open_gate()
        service.shutdown()


class BrowserKeys:
    """The keys of a push subscription, which are needed to decrypt its notifications."""

    def __init__(self, auth: bytes) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = auth.ljust(16, b"-")[:16]

    def subscription(self, endpoint: str) -> dict[str, Any]:
        """Return the data that a browser encodes in `JSON.stringify(subscription)`."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": _base64url(point), "auth": _base64url(self._auth)}
        return {"endpoint": endpoint, "expirationTime": None, "keys": keys}

    def decrypt(self, received: Received) -> dict[str, Any]:
        text = http_ece.decrypt(
            received.body, private_key=self._key, auth_secret=self._auth, version="aes128gcm"
        )
        payload: dict[str, Any] = json.loads(text)
        return payload


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
