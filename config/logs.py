"""Configures logging, and keeps secrets out of the logs."""

import logging
import re
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import orjson

from server.request_ids import request_id

# Matches `token=` and `code=` with their values, also percent-encoded once or repeatedly, as in links that
# mail programs have rewritten. The name may follow ?, &, &amp;, #, /, ! or any percent-encoded character.
_TOKEN = re.compile(
    r"((?:[?&#;/!]|%(?:25)*[0-9A-F]{2})(?:token|code)(?:=|%(?:25)*3D))"
    r"(?:(?!%(?:25)*(?:26|23))[^&#\s\"'])+",
    re.IGNORECASE,
)

_TRACEBACKS = logging.Formatter()
FILES = ("/static/", "/media/", "/sw.js", "/manifest.webmanifest", "/healthz", "/readyz")

# Django's names of errors about forms that a client has sent. Their tracebacks would fill the log.
FORM_ERRORS = (
    "RequestDataTooBig",
    "SuspiciousMultipartForm",
    "TooManyFieldsSent",
    "TooManyFilesSent",
)

# Matches values in a query other than numbers: what people search for, addresses, links.
_QUERY = re.compile(r"([?&][\w.\[\]-]{1,40}=)(?!\[redacted\])(?!\d+(?:[&\s\"'#]|$))[^&\s\"'#]+")
# Each begins where no other could: otherwise a run of letters without an "@" would take quadratic time.
_ADDRESS = re.compile(r"(?<![\w.+%-])[\w.+%-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+")
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]+")
# In messages of PostgreSQL, these lines quote the values of a row.
_ROW = re.compile(r"^(DETAIL|CONTEXT|LINE \d+):.*$", re.MULTILINE)


def redact(text: str) -> str:
    """Mask tokens, values in queries, e-mail addresses, and values that the database quotes."""
    text = _QUERY.sub(r"\1[redacted]", _TOKEN.sub(r"\1[redacted]", text))
    return _ROW.sub(r"\1: [redacted]", _ADDRESS.sub("[address]", _JWT.sub("[token]", text)))


class RedactTokens(logging.Filter):
    """Masks secrets in the message of a log line, and in its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        redacted = redact(message)
        if record.exc_info and not record.exc_text:
            record.exc_text = redact(_TRACEBACKS.formatException(record.exc_info))
        if redacted != message:
            record.msg, record.args = redacted, ()
        return True


class SkipFiles(logging.Filter):
    """
    Drops the access log's lines about files that were served, of which a page needs a hundred.

    uvicorn passes (client, method, path, HTTP version, status) as the arguments of each line.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        match record.args:
            case (_, _, str(path), _, int(status)):
                return status >= HTTPStatus.BAD_REQUEST or not path.startswith(FILES)
        return True


class NameHost(logging.Filter):
    """Turns Django's traceback about a Host header into one line that names the host."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.args:  # already done: a logger that is configured twice has its filters twice
            return True
        found = re.search(r"header: '([\w.:\[\]-]{1,253})'", record.getMessage())
        record.msg = "The host %s was refused: it is not in ALLOWED_HOSTS."
        record.args = (found[1] if found else "[malformed]",)
        record.exc_info, record.levelno, record.levelname = None, logging.WARNING, "WARNING"
        return True


class WithoutTraceback(logging.Filter):
    """Turns an error about a form that breaks a limit into a warning without Django's traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info, record.levelno, record.levelname = None, logging.WARNING, "WARNING"
        return True


class JsonFormatter(logging.Formatter):
    """Formats a record as one JSON object in one line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
            **getattr(record, "fields", {}),
        }
        if current := request_id.get():
            line["request_id"] = current
        if record.exc_info:
            line["traceback"] = record.exc_text or self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


class WithTraceback(logging.Filter):
    """
    Drops lines without a traceback: of a refused request, the access log has a line already.

    Also drops the tracebacks of 503s: `api.errors` logs once a second that the database is away.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        is_away = getattr(record, "status_code", None) == HTTPStatus.SERVICE_UNAVAILABLE
        return bool(record.exc_info) and not is_away


def configure_logging(level: str, form: str) -> dict[str, Any]:
    """Return Django's logging settings: one line per event, on standard error; `form` is json or line."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "redact": {"()": "config.logs.RedactTokens"},
            "name_host": {"()": "config.logs.NameHost"},
            "with_traceback": {"()": "config.logs.WithTraceback"},
            "without_traceback": {"()": "config.logs.WithoutTraceback"},
            "skip_files": {"()": "config.logs.SkipFiles"},
        },
        "formatters": {
            "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
            "json": {"()": "config.logs.JsonFormatter"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": form,
                "filters": ["redact"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Otherwise Django would log to the console a second time in development.
            "django": {"handlers": []},
            "uvicorn.access": {"filters": ["skip_files"]},
            # At DEBUG, this logger would log the content of sockets: tokens, cookies and messages.
            "uvicorn.error": {"level": "INFO" if level == "DEBUG" else level},
            # The others repeat what the access log says about each refused request.
            "django.request": {"level": "ERROR", "filters": ["with_traceback"]},
            "django.security.DisallowedHost": {"filters": ["name_host"]},
            **{
                f"django.security.{each}": {"filters": ["without_traceback"]}
                for each in FORM_ERRORS
            },
        },
    }
