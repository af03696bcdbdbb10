"""The servers that browsers open: processes of the product on the test database."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from tests.system.python_process import run_python
from tests.system.server import WebServer, test_environment

SETTINGS = "tests.e2e.settings"
UNLIMITED = dict.fromkeys(
    (
        "THROTTLE_MESSAGING",
        "THROTTLE_USER",
        "THROTTLE_READING",
        "THROTTLE_REFRESH",
        "THROTTLE_SIGN_IN",
        "THROTTLE_SIGN_IN_ADDRESS",
        "THROTTLE_INVITATIONS",
        "THROTTLE_INVITATIONS_ADDRESS",
        "THROTTLE_RESETS",
        "THROTTLE_RESETS_ADDRESS",
    ),
    "off",
)
PUSH_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
IS_PRODUCTION = os.environ.get("TEST_BACKEND") == "production"


def make_server(static_root: Path, **environment: str) -> WebServer:
    """
    Return a server that is not started yet, has no throttles and runs no jobs.

    It runs no jobs, because several servers share the database: it could send the e-mails for which a
    test waits at another server.

    On the production set-up it has `DEBUG=0`, so file names are hashed and cookies are Secure. Browsers
    accept Secure cookies from 127.0.0.1 even without TLS.
    """
    own = {**describe(static_root), **UNLIMITED, "JOBS_IN_WEB": "0"}
    return WebServer(**{**own, **environment})


def describe(static_root: Path) -> dict[str, str]:
    """Return the environment variables of this run's set-up."""
    environment = {"DJANGO_SETTINGS_MODULE": SETTINGS, "TEST_STATIC_ROOT": str(static_root)}
    if IS_PRODUCTION:
        environment |= {"DEBUG": "0", "ALLOWED_HOSTS": "127.0.0.1", "VAPID_PRIVATE_KEY": PUSH_KEY}
        environment |= {"EMAIL_URL": "dummymail://"}
    return environment


def collect_static(static_root: Path) -> None:
    """Collect and compress the client's files, without the admin's, which would take the longest."""
    command = ["collectstatic", "--noinput", "--verbosity=0"]
    command += [f"--ignore={folder}" for folder in ("admin", "drf_spectacular_sidecar")]
    environment = test_environment(**describe(static_root), PUBLIC_URL="http://127.0.0.1")
    run_python("manage", *command, environment=environment).check_returncode()


def kill(server: WebServer) -> None:
    """Kill the server with SIGKILL, so that it cannot notify its clients."""
    server.send_signal(signal.SIGKILL)
    server.wait(timeout=10)


@contextmanager
def frozen(server: WebServer) -> Iterator[None]:
    """Have the server accept connections and answer nothing while the block runs."""
    server.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        server.send_signal(signal.SIGCONT)


class BadGateway(BaseHTTPRequestHandler):
    """Responds like a proxy whose server is unavailable."""

    def do_GET(self) -> None:
        self.send_error(502)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_arguments: object) -> None:
        """Log nothing."""


@contextmanager
def bad_gateway(port: int) -> Iterator[None]:
    """Answer 502 on a port while the block runs."""
    with ThreadingHTTPServer(("127.0.0.1", port), BadGateway) as gateway:
        Thread(target=gateway.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            gateway.shutdown()
