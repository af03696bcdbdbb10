"""A mail server for tests. It accepts every e-mail, except while it is set to refuse all."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

READY, OK, SEND_DATA, AWAY, BYE = (
    b"220 ready\r\n",
    b"250 ok\r\n",
    b"354 go ahead\r\n",
    b"451 try again later\r\n",
    b"221 bye\r\n",
)
END_OF_DATA = b"."


@dataclass(frozen=True)
class Mail:
    """An accepted e-mail: its recipient, its plain text, and the whole message."""

    to: str
    text: str
    message: EmailMessage = field(default_factory=EmailMessage, compare=False)


class MailServer(socketserver.ThreadingTCPServer):
    """
    Stores accepted e-mails in `mails`. While `is_away`, it refuses all with a temporary error.

    While `greeting` or `answer` is cleared, it does not greet, or accepts e-mails without saying so.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.mails: list[Mail] = []
        self.is_away = False
        self.greeting, self.answer = threading.Event(), threading.Event()
        self.greeting.set()
        self.answer.set()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that were killed during a session, instead of printing a traceback."""

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class _Session(socketserver.StreamRequestHandler):
    """One connection; it supports only the SMTP commands that Python's client sends."""

    server: MailServer

    def handle(self) -> None:
        self.server.greeting.wait()
        self.wfile.write(READY)
        for line in self.rfile:
            command = line[:4].upper()
            if command == b"QUIT":
                self.wfile.write(BYE)
                return
            self.wfile.write(self._take_data() if command == b"DATA" else self._answer(command))

    def _answer(self, command: bytes) -> bytes:
        return AWAY if self.server.is_away and command == b"MAIL" else OK

    def _take_data(self) -> bytes:
        self.wfile.write(SEND_DATA)
        lines: list[bytes] = []
        for line in self.rfile:
            if line.rstrip() == END_OF_DATA:
                self.server.mails.append(_parse(b"".join(lines)))
                self.server.answer.wait()
                return OK
            lines.append(line.removeprefix(b"."))
        return OK  # the client has disconnected, so this is never read


def _parse(data: bytes) -> Mail:
    message = message_from_bytes(data, policy=default)
    plain = message.get_body(("plain",))
    assert plain
    return Mail(str(message["To"]), plain.get_content(), message)


@contextmanager
def running_mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.greeting.set()
        server.answer.set()
        server.shutdown()
