"""
The product's own settings, made quick: each test opens browsers with empty caches and signs in.

Development names of files stay as they are, but nobody changes files under a running test.
"""

import os
from pathlib import Path

from config.settings import *  # noqa: F403
from config.settings import MIDDLEWARE as _MIDDLEWARE
from config.settings import STATIC_ROOT as _STATIC_ROOT

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# What `make serve` collects in this checkout is not the tests' to change.
STATIC_ROOT = Path(os.environ.get("TEST_STATIC_ROOT", _STATIC_ROOT))
if os.environ.get("TEST_STATIC_FROM") != "checkout":
    SERVESTATIC_USE_FINDERS = SERVESTATIC_AUTOREFRESH = False
if os.environ.get("TEST_NEXT_VERSION"):
    MIDDLEWARE = ["tests.e2e.next_version.NextVersion", *_MIDDLEWARE]
