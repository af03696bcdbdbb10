"""
The product's settings, with faster password hashing and static files.

Static files keep their development names, but are not looked for again on each request, because
nobody changes them during a test run.
"""

import os
from pathlib import Path

from config.languages import compile_languages, list_languages
from config.settings import *  # noqa: F403
from config.settings import API_MIDDLEWARE as _API_MIDDLEWARE
from config.settings import MIDDLEWARE as _MIDDLEWARE
from config.settings import STATIC_ROOT as _STATIC_ROOT

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Tests must not change the files that `make serve` collects in this checkout.
STATIC_ROOT = Path(os.environ.get("TEST_STATIC_ROOT", _STATIC_ROOT))
if os.environ.get("TEST_STATIC_FROM") != "checkout":
    SERVESTATIC_USE_FINDERS = SERVESTATIC_AUTOREFRESH = False
if os.environ.get("TEST_NEXT_VERSION"):
    MIDDLEWARE = ["tests.e2e.next_version.NextVersion", *_MIDDLEWARE]
if os.environ.get("TEST_SECONDS_LATE"):
    API_MIDDLEWARE = ["tests.e2e.late_answers.LateAnswers", *_API_MIDDLEWARE]

# Another language, for tests only: tests/e2e/pseudo_locale.py.
if _locales := os.environ.get("TEST_LOCALES"):
    LANGUAGES = [("en", "English"), *list_languages(Path(_locales))]
    LOCALE_PATHS = [compile_languages(Path(_locales), Path(_locales) / "compiled")]
