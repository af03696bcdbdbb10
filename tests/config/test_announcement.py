"""The line that says where a development server is, once it answers."""

import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from config.announcement import announce_when_ready
from tests.backends import find_free_port

pytestmark = pytest.mark.without_servers


class Healthy(BaseHTTPRequestHandler):
    statuses: list[int]

    def do_GET(self) -> None:
        self.send_response(self.statuses.pop(0))
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Log nothing."""


def serve(port: int, statuses: list[int]) -> HTTPServer:
    handler = type("Handler", (Healthy,), {"statuses": statuses})
    server = HTTPServer(("127.0.0.1", port), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - what HOST may be
def test_address_is_printed_only_once_the_server_answers(
    host: str, capsys: pytest.CaptureFixture[str]
) -> None:
    port = find_free_port()
    announce_when_ready("http://gym.example", host=host, port=port)
    time.sleep(0.5)
    assert capsys.readouterr().out == ""

    server = serve(port, [503, 200])

    out = ""
    deadline = time.monotonic() + 20
    while not out and time.monotonic() < deadline:
        out = capsys.readouterr().out
    assert out == "\n  Ready. Open http://gym.example/ (Ctrl-C stops the server)\n"
    server.shutdown()
    server.server_close()
