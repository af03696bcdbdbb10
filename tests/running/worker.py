"""
Gives each pytest process, and each worker of pytest-xdist, a Redis and ports of its own.

A pytest plugin. `tests.run` names it in PYTEST_PLUGINS, which pytest imports before the settings are
read; without `tests.run` it is not there, and nothing is shared.
"""

import os

LISTS = {"REDIS_URL": "TEST_REDIS_URLS", "TEST_PORTS": "TEST_PORT_RANGES"}
"""A variable of one process, and the one that lists its values, one for each worker."""


def claim(environment: dict[str, str]) -> dict[str, str]:
    """Return the variables of this worker; one that replaces a crashed worker uses its numbers."""
    number = int(environment.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    lists = {name: environment.get(plural, "").split() for name, plural in LISTS.items()}
    return {name: values[number % len(values)] for name, values in lists.items() if values}


os.environ.update(claim(dict(os.environ)))
