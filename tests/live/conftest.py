from typing import Any

import pytest

from tests.live.counting import Grant, Store, store


@pytest.fixture(autouse=True)
def counted(settings: Any) -> Store:
    """The store as each test finds it: Bob (id 2) has a session, Charlie (id 3) has none."""
    settings.ALLOWED_HOSTS = ["testserver"]
    store.__init__()  # type: ignore[misc]  # resets all fields
    store.grants = {"bob": Grant(2, 20), "bob's next": Grant(2, 21), "charlie": Grant(3)}
    store.number = 1
    return store
