"""
Parses the values of environment variables, except addresses of servers (see `config.addresses`).

Each function raises ValueError for a malformed value. The caller puts the variable's name before the
message, which says what to write instead, and never shows a secret.
"""

import ipaddress
import json
import math
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from typing import Any

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
UNREAD_WAITS = ("off", "hour", "day")
TRUE, FALSE = {"1", "true", "on", "ok", "yes", "y"}, {"0", "false", "off", "no", "n"}
# The limits of Django's own check: a shorter key, or one with fewer distinct characters, can be guessed.
KEY_LENGTH, KEY_LETTERS = 50, 5
GENERATE = "python3 -c 'import secrets; print(secrets.token_urlsafe({size}))'"
RATE = re.compile(
    r"[1-9]\d*\s*(?:/|per)\s*(?:[1-9]\d*\s*)?(?:second|minute|hour|day|month|year)s?", re.IGNORECASE
)
# A leading dot stands for all names below it.
HOST_NAME = re.compile(r"\.?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", re.IGNORECASE)
# The number of points of the curve P-256: a private key is a number below it, and above 0.
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
FIREBASE_FIELDS = ("project_id", "client_email", "private_key", "token_uri")


def split(text: str) -> list[str]:
    """Return what is between commas, without spaces around it."""
    return [each.strip() for each in text.split(",") if each.strip()]


def parse_bool(text: str) -> bool:
    """Parse a Boolean value such as 1, on or yes."""
    if text.lower() not in TRUE | FALSE:
        raise ValueError(f"is {text!r}: use 1 or 0")
    return text.lower() in TRUE


def parse_whole(text: str, least: int = 0, most: int = 1_000_000) -> int:
    """Parse a whole number in this range."""
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise ValueError(f"is {text!r}: use a whole number from {least} to {most}")
    return number


def parse_seconds(text: str, least: float = 0.0, most: float = math.inf) -> float:
    """Parse a number of seconds in this range."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not least <= number <= most or math.isinf(number):
        raise ValueError(f"is {text!r}: use a number of seconds from {least:g} to {most:g}")
    return number


PARSERS: dict[Any, Callable[[str], Any]] = {
    bool: parse_bool,
    int: parse_whole,
    float: parse_seconds,
    list: split,
}


def parse_rate(text: str) -> str:
    """Parse a rate such as `30/minute`, or `off`."""
    if text != "off" and not RATE.fullmatch(text):
        raise ValueError(f"is {text!r}: use a rate such as 30/minute, or off")
    return text


def parse_log_level(text: str) -> str:
    """Parse the name of a log level, in any case."""
    if text.upper() not in LOG_LEVELS:
        raise ValueError(f"is {text!r}: use one of {', '.join(LOG_LEVELS)}")
    return text.upper()


def parse_log_format(text: str) -> str:
    """Parse the format of log lines."""
    if text not in ("json", "line"):
        raise ValueError(f"is {text!r}: use json or line")
    return text


def parse_secret_key(text: str) -> str:
    """Return the key, if it cannot be guessed."""
    if len(text) < KEY_LENGTH or len(set(text)) < KEY_LETTERS:
        raise ValueError(
            f"is too easy to guess: use at least {KEY_LENGTH} random characters, as made by "
            + GENERATE.format(size=KEY_LENGTH)
        )
    return text


def parse_hosts(text: str) -> list[str]:
    """Parse names for ALLOWED_HOSTS: host names, addresses, `.example.com` for all names below, or `*`."""
    return [_parse_host(each) for each in split(text)]


def _parse_host(text: str) -> str:
    if text == "*" or HOST_NAME.fullmatch(text) or (text[0] == "[" and _is_address(text[1:-1])):
        return text.lower()
    bare = re.sub(r"^[a-z+.-]+://|[:/ ].*$|\.+$", "", text, flags=re.IGNORECASE)
    hint = f"write {bare}" if HOST_NAME.fullmatch(bare) else "as in gym.example,www.gym.example"
    raise ValueError(
        f"has {text!r}: use host names without a scheme, port or path, separated by commas: {hint}"
    )


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def parse_listening_host(text: str) -> str:
    """Return a name or address of this machine, without a port."""
    if not (_is_address(text) or HOST_NAME.fullmatch(text)):
        raise ValueError(
            f"is {text!r}: use an address of this machine, such as 127.0.0.1 or 0.0.0.0"
        )
    return text


def parse_proxies(text: str) -> str:
    """Return addresses and networks of proxies, separated by commas, or `*`."""
    for each in split(text):
        try:
            if each != "*":
                ipaddress.ip_network(each)
        except ValueError as error:
            raise ValueError(
                f"has {each!r}: use addresses or networks such as 10.0.0.2 or 10.0.0.0/24, "
                "separated by commas, or *"
            ) from error
    return text


def parse_peers(text: str) -> list[str]:
    """Parse `host` or `host:port`, separated by commas."""
    for each in split(text):
        host, _, port = each.partition(":")
        if not HOST_NAME.fullmatch(host) or (
            ":" in each and not re.fullmatch(r"[1-9]\d{0,4}", port)
        ):
            raise ValueError(f"has {each!r}: use host or host:port, separated by commas")
    return split(text)


def parse_sender(text: str) -> str:
    """Return the sender of emails, such as `Gym <gym@example.com>`."""
    address = parseaddr(text)[1]
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", address) or not text.isprintable():
        raise ValueError(f"is {text!r}: use an address such as Gym <gym@example.com>")
    return text


def parse_unread_wait(text: str) -> str:
    """Parse when people get an email about unread messages, unless they have chosen themselves."""
    if text not in UNREAD_WAITS:
        raise ValueError(f"is {text!r}: use one of {', '.join(UNREAD_WAITS)}")
    return text


def parse_vapid_key(text: str) -> str:
    """Return a private key of the curve P-256, as 32 bytes in base64url."""
    is_key = re.fullmatch(r"[\w-]{43}=?", text, re.ASCII)
    if not is_key or not 0 < int.from_bytes(urlsafe_b64decode(f"{text[:43]}=")) < P256_ORDER:
        raise ValueError(
            f"is not a key: use 32 random bytes in base64url, as made by {GENERATE.format(size=32)}"
        )
    return text


def parse_vapid_subject(text: str) -> str:
    """Return the contact for push services."""
    if not re.fullmatch(r"mailto:[^@\s]+@[^@\s]+|https://[^/\s]+\S*", text):
        raise ValueError(f"is {text!r}: use mailto:ops@example.com or https://example.com")
    return text


def parse_internal_path(text: str) -> str:
    """Return the path of an internal location of nginx."""
    if not re.fullmatch(r"/[\w./-]*/", text):
        raise ValueError("is not a path such as /internal-media/")
    return text


def parse_secret_file(path: str) -> str:
    """Return the content of a file that holds the value of a variable, without surrounding space."""
    try:
        text = Path(path).read_text().strip()
    except OSError as error:
        raise ValueError(f"is {path!r}, which cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"is {path!r}, which is not a text file") from error
    if not text:
        raise ValueError(f"is {path!r}, which is empty")
    return text


def parse_firebase_file(text: str) -> str:
    """Return the path of the key file of a Firebase service account, if it is one."""
    try:
        content = json.loads(Path(text).read_bytes())
    except OSError as error:
        raise ValueError(
            f"cannot be read ({error.strerror}): use the path of an existing file"
        ) from error
    except ValueError:
        content = None
    if not isinstance(content, dict) or not all(content.get(each) for each in FIREBASE_FIELDS):
        raise ValueError(
            "is not the key of a service account: download one from Firebase, under Service accounts"
        )
    return text
