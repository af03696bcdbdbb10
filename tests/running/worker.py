"""
Gives each pytest process, and each worker of pytest-xdist, its own Redis and ports.

A pytest plugin. `tests.run` names it in PYTEST_PLUGINS, which pytest imports before the settings
are read; without `tests.run` it is not loaded, and nothing is shared.
"""

import os

LISTS = {"REDIS_URL": "TEST_REDIS_URLS", "TEST_PORTS": "TEST_PORT_RANGES"}
"""A variable of one process, and the variable that lists its values, one per worker."""


def claim(environment: dict[str, str]) -> dict[str, str]:
    """Return the variables of this worker; a worker that replaces a crashed one reuses its values."""
    number = int(environment.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    lists = {name: environment.get(plural, "").split() for name, plural in LISTS.items()}
    return {name: values[number % len(values)] for name, values in lists.items() if values}


os.environ.update(claim(dict(os.environ)))
