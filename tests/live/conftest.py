from typing import Any

import pytest

from tests.live.counting import Grant, Store, store


@pytest.fixture(autouse=True)
def counted(settings: Any) -> Store:
    """The initial store: Bob (2) has a session, Charlie (3) has none."""
    settings.ALLOWED_HOSTS = ["testserver"]
    store.__init__()  # type: ignore[misc]  # as new
    store.grants = {"bob": Grant(2, 20), "bob's next": Grant(2, 21), "charlie": Grant(3)}
    store.number = 1
    return store
