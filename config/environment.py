"""Reads environment variables strictly: malformed values raise errors that name the variable."""

import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import environ
import limits
from django.core.exceptions import ImproperlyConfigured

from config import addresses

REQUIRED_IN_PRODUCTION = (
    "SECRET_KEY",
    "DATABASE_URL",
    "REDIS_URL",
    "ALLOWED_HOSTS",
    "EMAIL_URL",
    "PUBLIC_URL",
)
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# The limits of Django's own check: a shorter key, or one with fewer distinct characters, can be guessed.
KEY_LENGTH, KEY_LETTERS = 50, 5


class InvalidEnvironment(ImproperlyConfigured):
    """A variable is missing or malformed; the message is a line for the operator."""


@contextmanager
def without_traceback() -> Iterator[None]:
    """If the block raises InvalidEnvironment, exit with its one-line message and no traceback."""
    try:
        yield
    except InvalidEnvironment as error:
        sys.exit(str(error))


class Environment(environ.Env):  # type: ignore[misc]  # the package has no types
    """
    The environment variables, including those in `.env`.

    An empty variable counts as unset, except in `flag`.
    Each method that reads a variable raises InvalidEnvironment if the value is malformed.
    """

    def get_value(
        self, var: str, cast: Any = None, default: Any = None, parse_default: bool = False
    ) -> Any:
        """Return the value converted by `cast`, or the default unchanged."""
        text = self.ENVIRON.get(var, "").strip()
        if not text:
            return default
        with _naming(var):
            return self.parse_value(text, cast)

    @classmethod
    def parse_value(cls, value: str, cast: Any) -> Any:
        """Return a bool, int, float or list (split at commas), or the text itself for any other `cast`."""
        if cast is bool:
            return addresses.parse_bool(value)
        if cast is list:
            return [each.strip() for each in value.split(",") if each.strip()]
        if cast in (int, float):
            return _parse_number(value, cast)
        return value

    def flag(self, var: str, default: bool) -> bool:
        """Return a bool; raise InvalidEnvironment for an empty value, which is ambiguous."""
        if var in self.ENVIRON and not self.ENVIRON[var].strip():
            raise InvalidEnvironment(f"{var} is empty: set it to 0 or 1, or remove it.")
        return bool(self.bool(var, default=default))

    def positive(self, var: str, default: int) -> int:
        """Return an integer of at least 1, such as a number of threads."""
        number: int = self.int(var, default=default)
        if number < 1:
            raise InvalidEnvironment(f"{var} is {number}: it must be 1 or more.")
        return number

    def seconds(self, var: str, default: float) -> float:
        """Return a duration above 0, in seconds."""
        duration: float = self.float(var, default=default)
        if not duration:
            raise InvalidEnvironment(f"{var} is 0: it must be more than 0.")
        return duration

    def port(self, var: str, default: int) -> int:
        """Return a TCP port number."""
        port: int = self.int(var, default=default)
        if not 0 <= port < 2**16:
            raise InvalidEnvironment(f"{var} is {port}, which is not a valid port.")
        return port

    def rate(self, var: str, default: str) -> str:
        """Return a rate such as `30/minute`, or `off`."""
        text: str = self.str(var, default=default)
        try:
            if text != "off":
                limits.parse(text)
        except ValueError as error:
            raise InvalidEnvironment(
                f"{var} is {text!r}: use a rate such as 30/minute, or off."
            ) from error
        return text

    def log_level(self, var: str, default: str) -> str:
        """Return the name of a log level."""
        level: str = self.str(var, default=default).upper()
        if level not in LOG_LEVELS:
            raise InvalidEnvironment(
                f"{var} is {level!r}: it must be one of {', '.join(LOG_LEVELS)}."
            )
        return level

    def origins(self, var: str, default: list[str]) -> list[str]:
        """Return origins in the form that browsers send."""
        with _naming(var):
            return [addresses.read_origin(each) for each in self.list(var, default=default)]

    def public_url(self, var: str, default: str) -> str:
        """Return the product's public URL."""
        with _naming(var):
            return addresses.read_public_url(self.str(var, default=default))

    def redis_urls(self, var: str) -> list[str]:
        """Return the URLs of Redis servers, or an empty list."""
        with _naming(var):
            return addresses.read_redis_urls(self.list(var, default=[]))

    def database(self, var: str, default: str) -> dict[str, Any]:
        """Return Django's database settings."""
        with _naming(var):
            return addresses.read_database(self.str(var, default=default))

    def email(self, var: str, default: str, *, in_production: bool) -> dict[str, Any]:
        """Return Django's mail settings."""
        with _naming(var):
            url = self.str(var, default=default)
            return addresses.read_email(url, in_production=in_production)

    def list_missing(self) -> list[str]:
        """
        Return the names of unset variables that production requires.

        A value that consists only of commas counts as unset.
        """
        return [name for name in REQUIRED_IN_PRODUCTION if not self.list(name, default=[])]

    def ensure_production(self) -> None:
        """
        Raise InvalidEnvironment if a required variable is missing, or if SECRET_KEY can be guessed.

        The message names all missing variables.
        """
        if missing := self.list_missing():
            names = ", ".join(missing)
            raise InvalidEnvironment(
                f"Missing variables, required in production (DEBUG=0): {names}"
            )
        key = self.str("SECRET_KEY")
        if len(key) < KEY_LENGTH or len(set(key)) < KEY_LETTERS:
            raise InvalidEnvironment(
                f"SECRET_KEY must have at least {KEY_LENGTH} random characters. Generate one: "
                "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
            )


def _parse_number(text: str, kind: type[int] | type[float]) -> int | float:
    try:
        number = kind(text)
    except ValueError as error:
        raise ValueError(f"is {text!r}, which is not a number") from error
    if not math.isfinite(number) or number < 0:
        raise ValueError(f"is {text!r}, which is not a number of 0 or more")
    return number


@contextmanager
def _naming(var: str) -> Iterator[None]:
    """Convert a ValueError to InvalidEnvironment, with the variable's name before the message."""
    try:
        yield
    except ValueError as error:
        raise InvalidEnvironment(f"{var} {error}.") from error
