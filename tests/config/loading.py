"""Loads the settings module again, in this process, with only the given variables and no `.env`."""

import os
import runpy
from types import SimpleNamespace

import pytest

from tests.running.coverage import ROOT

PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": "for-this-test-only-0123456789-0123456789-0123456789",
    "DATABASE_URL": "postgres://user@localhost/database",
    "REDIS_URL": "redis://localhost",
    "ALLOWED_HOSTS": "example.com",
    "EMAIL_URL": "smtp+tls://mail.example.com:587",
    "PUBLIC_URL": "https://example.com",
}


def load(environment: dict[str, str]) -> SimpleNamespace:
    """Return the settings in this environment; Django's own settings stay. Raise InvalidEnvironment."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            patch.delenv(name)
        # Any value prevents the checkout's .env from being read.
        for name, value in {"TEST_BACKEND": "none", **environment}.items():
            patch.setenv(name, value)
        return SimpleNamespace(**runpy.run_path(str(ROOT / "config/settings.py")))
