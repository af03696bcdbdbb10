"""Configures logging, and keeps secrets out of the logs."""

import logging
import re
from typing import Any

# Matches `token=` and `code=` with their values, also percent-encoded once or repeatedly, as in links that
# mail programs have rewritten. The name may follow ?, &, &amp;, #, /, ! or any percent-encoded character.
_TOKEN = re.compile(
    r"((?:[?&#;/!]|%(?:25)*[0-9A-F]{2})(?:token|code)(?:=|%(?:25)*3D))"
    r"(?:(?!%(?:25)*(?:26|23))[^&#\s\"'])+",
    re.IGNORECASE,
)


class RedactTokens(logging.Filter):
    """Masks the values of `token=` and `code=` in URLs in log lines, including percent-encoded URLs."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        redacted = _TOKEN.sub(r"\1[redacted]", message)
        if redacted != message:
            record.msg, record.args = redacted, ()
        return True


def configure_logging(level: str) -> dict[str, Any]:
    """Return Django's logging settings: one line per event, on standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"redact": {"()": "config.logs.RedactTokens"}},
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
            # At DEBUG, this logger would log the content of sockets: tokens, cookies and messages.
            "uvicorn.error": {"level": "INFO" if level == "DEBUG" else level},
            # These repeat what the access log says about each refused request.
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
        },
    }
