"""Reads environment variables strictly: every malformed value is a fault that names its variable."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import environ
from django.core.exceptions import ImproperlyConfigured

from config import addresses, values

REQUIRED_IN_PRODUCTION = (
    "SECRET_KEY",
    "DATABASE_URL",
    "REDIS_URL",
    "ALLOWED_HOSTS",
    "EMAIL_URL",
    "PUBLIC_URL",
)
A_DAY = 24 * 60 * 60
T = TypeVar("T")


class InvalidEnvironment(ImproperlyConfigured):
    """Variables are missing or malformed; the message has a line for the operator about each fault."""


@contextmanager
def without_traceback() -> Iterator[None]:
    """If the block raises InvalidEnvironment, exit with its message and no traceback."""
    try:
        yield
    except InvalidEnvironment as error:
        sys.exit(str(error))


class Environment(environ.Env):  # type: ignore[misc]  # the package has no types
    """
    The environment variables, including those in `.env`.

    An empty variable counts as unset, except in `flag`. Instead of any variable, `<name>_FILE` may name a
    file with the value, as container secrets do. A method that reads a malformed value adds a line
    to `faults`, and returns the default, so that all faults are found in one start. The settings end with
    `raise_faults`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def read(self, var: str, default: T, parse: Callable[[str], T]) -> T:
        """Return the parsed value, or the default if the variable is unset or malformed."""
        text = self._text(var)
        if not text:
            return default
        try:
            return parse(text)
        except ValueError as error:
            self.faults.append(f"{var} {error}.")
            return default

    def get_value(
        self, var: str, cast: Any = None, default: Any = None, parse_default: bool = False
    ) -> Any:
        """Return a bool, int or float as `cast` says, a list of what is between commas, or the text."""
        return self.read(var, default, values.PARSERS.get(cast, str))

    def flag(self, var: str, default: bool) -> bool:
        """Return a bool; an empty value is a fault, because it is ambiguous."""
        if var in self.ENVIRON and not self._text(var):
            self.faults.append(f"{var} is empty: set it to 0 or 1, or remove it.")
            return default
        return self.read(var, default, values.parse_bool)

    def whole(self, var: str, default: int, *, least: int = 0, most: int = 1_000_000) -> int:
        """Return a whole number in this range."""
        return self.read(var, default, lambda text: values.parse_whole(text, least, most))

    def positive(self, var: str, default: int, *, most: int = 1_000_000) -> int:
        """Return an integer of at least 1, such as a number of threads."""
        return self.whole(var, default, least=1, most=most)

    def days(self, var: str, default: int) -> timedelta:
        """Return a number of days for which to keep rows; 0 means for ever."""
        return timedelta(days=self.whole(var, default, least=0, most=36_500))

    def port(self, var: str, default: int) -> int:
        """Return a TCP port number."""
        return self.whole(var, default, least=1, most=2**16 - 1)

    def seconds(
        self, var: str, default: float, *, least: float = 0.001, most: float = A_DAY
    ) -> float:
        """Return a duration in seconds."""
        return self.read(var, default, lambda text: values.parse_seconds(text, least, most))

    def rate(self, var: str, default: str) -> str:
        """Return a rate such as `30/minute`, or `off`."""
        return self.read(var, default, values.parse_rate)

    def log_level(self, var: str, default: str) -> str:
        """Return the name of a log level."""
        return self.read(var, default, values.parse_log_level)

    def hosts(self, var: str, default: list[str]) -> list[str]:
        """Return names for Django's ALLOWED_HOSTS."""
        return self.read(var, default, values.parse_hosts)

    def origins(self, var: str, default: list[str]) -> list[str]:
        """Return origins in the form that browsers send."""
        return self.read(
            var, default, lambda text: [addresses.read_origin(each) for each in values.split(text)]
        )

    def public_url(self, var: str, default: str) -> str:
        """Return the product's public URL."""
        return self.read(var, default, addresses.read_public_url)

    def redis_urls(self, var: str) -> list[str]:
        """Return the URLs of Redis servers, or an empty list."""
        return self.read(var, [], lambda text: addresses.read_redis_urls(values.split(text)))

    def s3(self, var: str) -> dict[str, Any]:
        """Return django-storages' options for a bucket, or an empty dictionary."""
        return self.read(var, {}, addresses.read_s3)

    def database(self, var: str, default: str) -> dict[str, Any]:
        """Return Django's database settings."""
        return self.read(var, addresses.read_database(default), addresses.read_database)

    def email(self, var: str, default: str, *, in_production: bool) -> dict[str, Any]:
        """Return Django's mail settings."""
        return self.read(
            var,
            addresses.read_email(default, in_production=False),
            lambda url: addresses.read_email(url, in_production=in_production),
        )

    def list_missing(self) -> list[str]:
        """
        Return the names of unset variables that production requires.

        A value that consists only of commas counts as unset. If its file cannot be read, that is a fault of
        its own.
        """
        in_files = {name for name in REQUIRED_IN_PRODUCTION if self.ENVIRON.get(f"{name}_FILE")}
        unset = [name for name in REQUIRED_IN_PRODUCTION if not values.split(self._text(name))]
        return [name for name in unset if name not in in_files]

    def ensure_production(self) -> None:
        """Note which required variables are missing, in one line, and a SECRET_KEY that can be guessed."""
        if missing := self.list_missing():
            names = ", ".join(missing)
            self.faults.append(f"Missing variables, required in production (DEBUG=0): {names}")
        self.read("SECRET_KEY", "", values.parse_secret_key)

    def is_sound(self, var: str) -> bool:
        """Return whether a variable is set and, as far as it was read, not malformed."""
        is_set = bool(values.split(self._text(var)))
        return is_set and not any(each.startswith(f"{var} ") for each in self.faults)

    def raise_faults(self) -> None:
        """Raise InvalidEnvironment if there are faults, with a line for each."""
        if self.faults:
            raise InvalidEnvironment("\n".join(self.faults))

    def _text(self, var: str) -> str:
        """Return the variable, or the content of the file that `<var>_FILE` names."""
        text, path = (str(self.ENVIRON.get(name, "")).strip() for name in (var, f"{var}_FILE"))
        if not path:
            return text
        if text:
            self._add_fault(f"{var} and {var}_FILE are both set: remove one of them.")
            return text
        try:
            return values.parse_secret_file(path)
        except ValueError as error:
            self._add_fault(f"{var}_FILE {error}.")
            return ""

    def _add_fault(self, line: str) -> None:
        """Add a fault once: a variable can be read several times."""
        if line not in self.faults:
            self.faults.append(line)
