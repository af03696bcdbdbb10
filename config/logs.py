"""What the logs must not show."""

import logging
import re

# As it stands in a query or, as mail programs rewrite links, encoded once or several times in a path,
# behind "&amp;" or whatever else is no letter.
_TOKEN = re.compile(
    r"((?:[?&#;/!]|%(?:25)*[0-9A-F]{2})(?:token|code)(?:=|%(?:25)*3D))"
    r"(?:(?!%(?:25)*(?:26|23))[^&#\s\"'])+",
    re.IGNORECASE,
)


class RedactTokens(logging.Filter):
    """Replace the value of `?token=` and `?code=` in every line, however encoded: many read logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        redacted = _TOKEN.sub(r"\1[redacted]", message)
        if redacted != message:
            record.msg, record.args = redacted, ()
        return True
