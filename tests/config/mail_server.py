"""A mail server that greets, accepts EHLO and QUIT, and takes no mail."""

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread


class _Greeter(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"220 mail.example ESMTP\r\n")
        for line in self.rfile:
            if line.upper().startswith(b"QUIT"):
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"250 mail.example\r\n")


@contextmanager
def running_mail_server() -> Iterator[int]:
    """Run the server on a free port during the block, and yield the port."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Greeter) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()
