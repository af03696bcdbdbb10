"""Configures logging, and keeps secrets out of the logs."""

import logging
import re
from http import HTTPStatus
from typing import Any

# Matches `token=` and `code=` with their values, also percent-encoded once or repeatedly, as in links that
# mail programs have rewritten. The name may follow ?, &, &amp;, #, /, ! or any percent-encoded character.
_TOKEN = re.compile(
    r"((?:[?&#;/!]|%(?:25)*[0-9A-F]{2})(?:token|code)(?:=|%(?:25)*3D))"
    r"(?:(?!%(?:25)*(?:26|23))[^&#\s\"'])+",
    re.IGNORECASE,
)

FILES = ("/static/", "/media/", "/sw.js", "/manifest.webmanifest", "/healthz", "/readyz")


class RedactTokens(logging.Filter):
    """Masks the values of `token=` and `code=` in URLs in log lines, including percent-encoded URLs."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        redacted = _TOKEN.sub(r"\1[redacted]", message)
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


class WithTraceback(logging.Filter):
    """Drops lines without a traceback: of a refused request, the access log has a line already."""

    def filter(self, record: logging.LogRecord) -> bool:
        return bool(record.exc_info)


def configure_logging(level: str) -> dict[str, Any]:
    """Return Django's logging settings: one line per event, on standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "redact": {"()": "config.logs.RedactTokens"},
            "with_traceback": {"()": "config.logs.WithTraceback"},
            "skip_files": {"()": "config.logs.SkipFiles"},
        },
        "formatters": {
            "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["redact"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "uvicorn.access": {"filters": ["skip_files"]},
            # At DEBUG, this logger would log the content of sockets: tokens, cookies and messages.
            "uvicorn.error": {"level": "INFO" if level == "DEBUG" else level},
            # The others repeat what the access log says about each refused request.
            "django.request": {"level": "ERROR", "filters": ["with_traceback"]},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
        },
    }
