"""A push service for tests, and the browsers that subscribe to it."""

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from notifications.models import DeviceToken
from notifications.services.devices import register_device
from notifications.subscriptions import stored_form
from tests.system.people import eventually
from users.models import User


@dataclass(frozen=True)
class Received:
    """One received request."""

    path: str
    headers: dict[str, str]
    body: bytes


class PushService(ThreadingHTTPServer):
    """
    Accepts every POST. Each path has its own queue of responses, and 201 after that.

    Between `close_gate` and `open_gate`, requests are received but not answered.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.received: list[Received] = []
        self.answers: dict[str, list[tuple[int, dict[str, str], bytes]]] = {}
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

    def wait_for(self, path: str, count: int = 1) -> list[Received]:
        """Return the requests to a path, once there are this many."""
        return eventually(lambda: self.at(path) if len(self.at(path)) >= count else None)

    def close_gate(self) -> None:
        self._gate.clear()

    def open_gate(self) -> None:
        self._gate.set()

    def answer_to(self, path: str) -> tuple[int, dict[str, str], bytes]:
        self._gate.wait()
        waiting = self.answers.get(path)
        return waiting.pop(0) if waiting else (201, {}, b"")


class _Answering(BaseHTTPRequestHandler):
    server: PushService

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(Received(self.path, dict(self.headers), body))
        status, headers, answer = self.server.answer_to(self.path)
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(answer))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's parameter
        pass


@contextmanager
def running_push_service() -> Iterator[PushService]:
    with PushService() as service:
        thread = threading.Thread(target=service.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield service
        service.open_gate()
        service.shutdown()


class Browser:
    """A browser with its own subscription, whose messages nobody else can decrypt."""

    def __init__(self, service: PushService, name: str) -> None:
        self.service, self.path = service, f"/push/{name}"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = name.encode().ljust(16, b"-")[:16]

    @property
    def subscription(self) -> dict[str, Any]:
        """Return the contents of `JSON.stringify(subscription)`."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": _base64url(point), "auth": _base64url(self._auth)}
        return {
            "endpoint": f"{self.service.url}{self.path}",
            "expirationTime": None,
            "keys": keys,
        }

    @property
    def token(self) -> str:
        return json.dumps(self.subscription)

    def belongs_to(self, user: User) -> DeviceToken:
        register_device(user=user, token=self.token, platform="web")
        return DeviceToken.objects.get(token=stored_form(self.token))

    def shown(self) -> list[dict[str, Any]]:
        """Decrypt all received notifications."""
        return [self.decrypt(each) for each in self.service.at(self.path)]

    def wait_for(self, count: int = 1) -> list[dict[str, Any]]:
        self.service.wait_for(self.path, count)
        return self.shown()

    def decrypt(self, received: Received) -> dict[str, Any]:
        text = http_ece.decrypt(
            received.body, private_key=self._key, auth_secret=self._auth, version="aes128gcm"
        )
        payload: dict[str, Any] = json.loads(text)
        return payload


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
