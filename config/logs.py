"""Keeps secrets out of the logs."""

import logging
import re

# In a query, or percent-encoded in a path, perhaps repeatedly, because mail programs rewrite links so.
# The name may follow "&amp;" or any other character that is not a letter.
_TOKEN = re.compile(
    r"((?:[?&#;/!]|%(?:25)*[0-9A-F]{2})(?:token|code)(?:=|%(?:25)*3D))"
    r"(?:(?!%(?:25)*(?:26|23))[^&#\s\"'])+",
    re.IGNORECASE,
)


class RedactTokens(logging.Filter):
    """Masks the values of `?token=` and `?code=` in log lines, in every encoding."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        redacted = _TOKEN.sub(r"\1[redacted]", message)
        if redacted != message:
            record.msg, record.args = redacted, ()
        return True
