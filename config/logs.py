"""What the logs must not show."""

import logging
import re

_TOKEN_IN_QUERY = re.compile(r"([?&](?:token|code)=)[^&\s\"']+")


class RedactTokens(logging.Filter):
    """Replace the value of `?token=` and `?code=` in every line: many people read logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        redacted = _TOKEN_IN_QUERY.sub(r"\1[redacted]", message)
        if redacted != message:
            record.msg, record.args = redacted, ()
        return True
