import json
import logging
import resource
import subprocess
import sys
from typing import Any

import pytest

from config.logs import JsonFormatter, NameHost, RedactTokens, SkipFiles
from server.request_ids import request_id

pytestmark = pytest.mark.without_servers


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (
            "GET /ws/messaging/5/?token=ey.J.x HTTP/1.1",
            "GET /ws/messaging/5/?token=[redacted] HTTP/1.1",
        ),
        ("/ws/?since=5&token=ey.J.x&x=1", "/ws/?since=5&token=[redacted]&x=1"),
        ('"WebSocket /ws/?token=ey.J.x" 403', '"WebSocket /ws/?token=[redacted]" 403'),
        ("/join?code=abc", "/join?code=[redacted]"),
        ("GET /join%23code=abc HTTP/1.1", "GET /join%23code=[redacted] HTTP/1.1"),
        ("GET /join%23code%3Dabc HTTP/1.1", "GET /join%23code%3D[redacted] HTTP/1.1"),
        ("/join%2523code%253dabc", "/join%2523code%253d[redacted]"),
        ("/join#code=abc", "/join#code=[redacted]"),
        (
            "/reset-password%23uid%3DMg%26token%3Dabc-def?utm=1",
            "/reset-password%23uid%3DMg%26token%3D[redacted]",
        ),
        (
            "/reset-password%23token%3Dabc%26uid%3DMg",
            "/reset-password%23token%3D[redacted]%26uid%3DMg",
        ),
        (
            "/reset-password%23uid%3DMg%26amp%3Btoken%3Dabc",
            "/reset-password%23uid%3DMg%26amp%3Btoken%3D[redacted]",
        ),
        (
            "/reset-password?uid=Mg&amp;token=abc",
            "/reset-password?uid=[redacted]&amp;token=[redacted]",
        ),
        (
            "/reset-password%2523uid%253DMg%2526amp%253Btoken%253Dabc",
            "/reset-password%2523uid%253DMg%2526amp%253Btoken%253D[redacted]",
        ),
        ("/join%23/code=abc", "/join%23/code=[redacted]"),
        ("/join%23%21code%3Dabc", "/join%23%21code%3D[redacted]"),
        ("/sign-in?next=%2Fjoin%2523code%3Dabc", "/sign-in?next=[redacted]"),
        ("/api/messaging/conversations/?page=2", "/api/messaging/conversations/?page=2"),
        ("/trainees/?search=bob%40example.com&page=2", "/trainees/?search=[redacted]&page=2"),
        ("/search/?q=my+knee", "/search/?q=[redacted]"),
        (
            "Job users.mail 7 failed: 450 bob@example.com busy",
            "Job users.mail 7 failed: 450 [address] busy",
        ),
        ("/users/bob%40example.com/", "/users/[address]/"),
        ("a header eyJhbGciOi.eyJ1c2Vy.c2lnbmF0 of a request", "a header [token] of a request"),
        ("a token=in prose stays", "a token=in prose stays"),
        ("connection closed, code=1006", "connection closed, code=1006"),
    ],
)
@pytest.mark.parametrize("as_argument", [True, False])
def test_tokens_are_removed_from_log_lines(line: str, shown: str, as_argument: bool) -> None:
    message, arguments = ("%s", (line,)) if as_argument else (line, None)
    record = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, message, arguments, None)

    assert RedactTokens().filter(record)

    assert record.getMessage() == shown


def test_every_handler_removes_tokens(settings: pytest.FixtureRequest) -> None:
    handlers = settings.LOGGING["handlers"]  # type: ignore[attr-defined]  # a setting

    assert [each["filters"] for each in handlers.values()] == [["redact"]] * len(handlers)


@pytest.mark.parametrize(
    ("path", "status", "is_shown"),
    [
        ("/static/web/app.js", 200, False),
        ("/static/web/app.js", 304, False),
        ("/media/profiles/5.jpg", 200, False),
        ("/healthz", 200, False),
        ("/healthz", 503, True),
        ("/static/web/missing.js", 404, True),
        ("/messages", 200, True),
        ("/api/messaging/conversations/", 200, True),
    ],
)
def test_files_that_were_served_are_not_logged(path: str, status: int, is_shown: bool) -> None:
    arguments = ("127.0.0.1:5", "GET", path, "1.1", status)
    record = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, "%s", arguments, None)

    assert SkipFiles().filter(record) is is_shown


def test_lines_of_another_form_are_logged() -> None:
    record = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, "Hello", (), None)

    assert SkipFiles().filter(record)


def format_as_json(record: logging.LogRecord) -> dict[str, Any]:
    assert RedactTokens().filter(record)
    line = JsonFormatter().format(record)
    assert "\n" not in line
    loaded: dict[str, Any] = json.loads(line)
    return loaded


def test_line_in_json_has_the_fields_and_the_id_of_its_request() -> None:
    record = logging.LogRecord("access", logging.INFO, "", 0, "GET %s", ("api/",), None)
    record.created, record.process = 1_800_000_000.25, 7
    record.fields = {"status": 200}
    request_id.set("an-id")

    line = format_as_json(record)
    request_id.set("")

    assert line == {
        "time": "2027-01-15T08:00:00.250+00:00",
        "level": "INFO",
        "logger": "access",
        "message": "GET api/",
        "process": 7,
        "status": 200,
        "request_id": "an-id",
    }


def test_traceback_is_in_one_line_without_the_values_of_a_row() -> None:
    error = ValueError('duplicate key\nDETAIL:  Key (email)=(bob@example.com, "my knee") exists.')
    exc_info = (ValueError, error, None)
    record = logging.LogRecord("a", logging.ERROR, "", 0, "failed", None, exc_info)

    line = format_as_json(record)

    assert line["traceback"].endswith("ValueError: duplicate key\nDETAIL: [redacted]")
    assert "request_id" not in line


@pytest.mark.parametrize(
    ("header", "named"), [("evil.example", "evil.example"), ("bob@secret", "[malformed]")]
)
def test_refused_host_is_named_in_one_line(header: str, named: str) -> None:
    message = f"Invalid HTTP_HOST header: '{header}'. You may need to add it."
    error = (ValueError, ValueError(), None)
    record = logging.LogRecord("x", logging.ERROR, "", 0, message, None, error)

    assert NameHost().filter(record)
    assert NameHost().filter(record)

    assert record.getMessage() == f"The host {named} was refused: it is not in ALLOWED_HOSTS."
    assert (record.levelname, record.exc_info) == ("WARNING", None)


@pytest.mark.parametrize("part", ["A", "%41", "a.", "eyJ-", "a@", "?a=", "%25", "&token"])
def test_long_path_is_redacted_in_linear_time(part: str) -> None:
    """Otherwise, a path of 8 KB would stop the process for a second; this would exceed its CPU time."""
    script = f"from config.logs import redact; redact({part!r} * (1_200_000 // {len(part)}))"

    done = subprocess.run([sys.executable, "-c", script], preexec_fn=_limit_cpu_time, check=False)

    assert done.returncode == 0


def _limit_cpu_time() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
