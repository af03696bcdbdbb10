"""
Gives each pytest process, and each worker of pytest-xdist, its own Redis and ports.

This is a pytest plugin. `tests.run` names it in PYTEST_PLUGINS, so pytest imports it before the
settings are read. Without `tests.run` it is not loaded, because no other run shares the servers.
"""

import os

LISTS = {"REDIS_URL": "TEST_REDIS_URLS", "TEST_PORTS": "TEST_PORT_RANGES"}
"""Variables of one process, each with the variable that lists its values for all workers."""


def claim(environment: dict[str, str]) -> dict[str, str]:
    """Return the variables of this worker; the replacement of a crashed worker reuses earlier values."""
    number = int(environment.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    lists = {name: environment.get(plural, "").split() for name, plural in LISTS.items()}
    return {name: values[number % len(values)] for name, values in lists.items() if values}


os.environ.update(claim(dict(os.environ)))
