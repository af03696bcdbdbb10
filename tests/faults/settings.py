"""The product's settings, with a channel layer that can be made unreliable."""

from typing import Any, cast

from config.settings import *  # noqa: F403
from config.settings import CHANNEL_LAYERS, LOGGING

# Otherwise, errors outside the API show their traceback to developers, in place of the response to users.
DEBUG = False

_default = CHANNEL_LAYERS["default"]
_default["CONFIG"] = {**_default.get("CONFIG", {}), "inner": _default["BACKEND"]}
_default["BACKEND"] = "tests.faults.layer.UnreliableLayer"

# Gaps filled from the database are logged at this level, and counted at the end.
cast(dict[str, Any], LOGGING["loggers"])["messaging.consumers"] = {"level": "DEBUG"}
