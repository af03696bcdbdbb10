"""The proxy of docker-compose.yml: a real Caddy with the same configuration."""

import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.backends import find_free_port
from tests.system.python_process import ROOT

CONFIGURATION = ROOT / "docs" / "deploy" / "Caddyfile"
BINARY = Path(sys.executable).with_name("caddy")
START_SECONDS = 60
OPTIONS = "skip_install_trust\n\tlocal_certs\n\tadmin off\n\tauto_https disable_redirects"
"""Caddy's own certificate authority, unknown to this machine, and no other port than the site's."""


class Proxy:
    """Caddy in a process of its own, at `url`. `upstreams` are addresses such as 127.0.0.1:8000."""

    def __init__(self, *upstreams: str, port: int | None = None) -> None:
        self.port = port or find_free_port()
        self.url = f"https://localhost:{self.port}"
        self._upstreams = upstreams
        self._folder = tempfile.TemporaryDirectory(prefix="messaging-test-")
        self.log = Path(self._folder.name) / "caddy.log"

    def __enter__(self) -> "Proxy":
        self.start()
        return self

    def __exit__(self, *_args: object) -> None:
        self.stop()
        self._folder.cleanup()

    def start(self) -> None:
        environment = {
            **os.environ,
            "PUBLIC_URL": self.url,
            "UPSTREAMS": " ".join(self._upstreams),
            "CADDY_OPTIONS": OPTIONS,
            "XDG_DATA_HOME": self._folder.name,
            "XDG_CONFIG_HOME": self._folder.name,
        }
        command: list[str | Path] = [
            BINARY,
            "run",
            "--adapter",
            "caddyfile",
            "--config",
            CONFIGURATION,
        ]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        self._wait_until_it_answers()

    def stop(self) -> None:
        """Close all connections. The next start has the same port and certificate."""
        self._process.terminate()
        self._process.wait()

    @staticmethod
    def trust() -> ssl.SSLContext:
        """Return a context that accepts the proxy's certificate."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                plain = socket.create_connection(("127.0.0.1", self.port))
                self.trust().wrap_socket(plain, server_hostname="localhost").close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        self._process.kill()
        raise RuntimeError(f"The proxy did not start:\n{self.log.read_text()}")
